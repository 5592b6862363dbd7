import "@tanstack/react-start/server-only";
import { randomUUID, timingSafeEqual } from "node:crypto";
import { parseCookies } from "better-auth/cookies";
import { keyedHash } from "~/lib/server/keyed-hash";

/** How long a browser keeps the cookie after a sign-in, in seconds. Browsers keep no cookie for longer. */
const lifetime = 400 * 86_400;

/** How many accounts one browser remembers. */
const greatestCount = 5;

/** A browser that has signed in before. */
export interface Device {
  /** The name that the server gave the browser. */
  readonly id: string;
  /** For each account of which the browser has given a right proof, the server's signature. */
  readonly marks: readonly string[];
}

/** The secret with which the server signs, the name of the cookie, and whether the site has HTTPS. */
export interface DeviceCookie {
  readonly secret: string;
  readonly name: string;
  readonly secure: boolean;
}

/**
 * Reads the cookie that names the browser. Whoever makes up a cookie gains nothing, since no mark in it is valid.
 *
 * @param cookies the header `cookie`
 */
export function deviceOf(cookies: string | null, { name }: DeviceCookie): Device | undefined {
  const value = cookies === null ? undefined : parseCookies(cookies).get(name);
  const [id, ...marks] = value?.split(".") ?? [];
  if (id === undefined || !/^[0-9a-f-]{36}$/.test(id)) return undefined;
  return { id, marks: marks.slice(0, greatestCount) };
}

/**
 * Whether somebody has given a right proof for the account in this browser before.
 *
 * @param account the result of {@link accountKey}
 */
export function knowsAccount({ id, marks }: Device, account: string, cookie: DeviceCookie): boolean {
  const wanted = Buffer.from(markOf(id, account, cookie));
  return marks.some((mark) => {
    const given = Buffer.from(mark);
    return given.length === wanted.length && timingSafeEqual(given, wanted);
  });
}

/** Writes the `set-cookie` line after a right proof. */
export function rememberAccount(device: Device | undefined, account: string, cookie: DeviceCookie): string {
  const id = device?.id ?? randomUUID();
  const mark = markOf(id, account, cookie);
  const others = device?.marks.filter((other) => other !== mark) ?? [];
  const value = [id, mark, ...others.slice(0, greatestCount - 1)].join(".");
  const parts = [`${cookie.name}=${value}`, "Path=/", `Max-Age=${lifetime}`, "HttpOnly", "SameSite=Lax"];
  return (cookie.secure ? [...parts, "Secure"] : parts).join("; ");
}

/** Names an account in a key, so that no address stands in the table of attempts. */
export function accountKey(email: string, { secret }: DeviceCookie): string {
  return keyedHash(secret, `account|${email.trim().toLowerCase()}`);
}

function markOf(id: string, account: string, { secret }: DeviceCookie): string {
  return keyedHash(secret, `device|${id}|${account}`);
}
