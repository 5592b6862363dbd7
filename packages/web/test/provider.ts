import { randomUUID } from "node:crypto";
import { vi } from "vitest";
import { startUpstream } from "./upstream";

/** Whoever is signed in at the provider. */
export interface Elsewhere {
  readonly id: string;
  readonly email: string;
  readonly verified: boolean;
}

/** The servers of Google and GitHub that the app's server asks. */
const hosts = ["oauth2.googleapis.com", "github.com", "api.github.com"];

/**
 * Stands in for Google's and GitHub's servers, on this machine. Every code that the app redeems is one of the person who
 * is `signedIn` at the provider. The stand-in cannot prove what the real ones ask of a client, nor their pages.
 */
export async function startProvider() {
  let person: Elsewhere = { id: "", email: "", verified: false };
  const upstream = await startUpstream(({ url }, response) => {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(answerTo(url ?? "", person)));
  });
  const ask = globalThis.fetch;
  vi.spyOn(globalThis, "fetch").mockImplementation((input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    return hosts.includes(url.host) ? ask(`${upstream.url}${url.pathname}`, init) : ask(input, init);
  });
  return {
    signIn: (email: string, verified = true, id: string = randomUUID()) => {
      person = { id, email, verified };
    },
    [Symbol.asyncDispose]: () => upstream[Symbol.asyncDispose](),
  };
}

function answerTo(path: string, { id, email, verified }: Elsewhere): unknown {
  const number = Number.parseInt(id.slice(0, 8), 16);
  if (path === "/user") return { id: number, login: "ada", name: "Ada", email, avatar_url: "" };
  if (path === "/user/emails") return [{ email, verified, primary: true }];
  const claims = { sub: id, email, email_verified: verified, name: "Ada" };
  return { access_token: "of-the-provider", token_type: "bearer", id_token: unsigned(claims) };
}

/** A token as a provider gives. Over TLS, nobody checks the signature of a token that the provider itself has sent. */
function unsigned(claims: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part({ alg: "RS256" })}.${part(claims)}.c2lnbmVk`;
}
