import { expect, test, vi } from "vitest";
import { finishAnswer } from "./finish-answer";

const nonce = "n0nce";
const asked = (path: string, method = "GET") => new Request(`http://app.test${path}`, { method });
const page = (status: number) =>
  new Response("<!DOCTYPE html>", { status, headers: { "content-type": "text/html; charset=utf-8" } });

test.for([
  ["a method that a route does not have", "POST", page(200)],
  ["an address below /api that is no route", "GET", page(404)],
  ["a client that takes no page", "DELETE", Response.json({ error: "Only HTML …" }, { status: 406 })],
] as const)("answers 404 as JSON to %s", async ([, method, rendered]) => {
  const answer = await finishAnswer(asked("/api/users?offset=-1", method), rendered, nonce);
  expect(answer.status).toBe(404);
  expect(await answer.json()).toEqual({ message: `There is no ${method} /api/users.` });
  expect(answer.headers.get("cache-control")).toBe("private, no-store");
});

test("leaves a page outside /api as it is, and lets the page run its own scripts alone", async () => {
  const rendered = page(200);
  rendered.headers.set("cache-control", "private, no-cache");
  vi.stubEnv("DEV", false);
  const answer = await finishAnswer(asked("/profile"), rendered, nonce);
  vi.unstubAllEnvs();
  expect([answer.status, await answer.text()]).toEqual([200, "<!DOCTYPE html>"]);
  expect(answer.headers.get("cache-control")).toBe("private, no-cache");
  const policy = answer.headers.get("content-security-policy")?.split("; ");
  expect(policy).toContain("script-src 'self' 'nonce-n0nce'");
  expect(policy).toContain("frame-ancestors 'none'");
});

test("forbids caches to store an answer without cache-control, and leaves the rest as it is", async () => {
  const headers = new Headers({ "content-type": "application/json" });
  headers.append("set-cookie", "a=1; HttpOnly");
  headers.append("set-cookie", "b=2; HttpOnly");
  const answer = await finishAnswer(
    asked("/_serverFn/1"),
    new Response("{}", { status: 201, headers }),
    nonce,
  );
  expect(answer.headers.get("cache-control")).toBe("private, no-store");
  expect(answer.headers.getSetCookie()).toEqual(["a=1; HttpOnly", "b=2; HttpOnly"]);
  expect(answer.headers.get("content-security-policy")).toContain("default-src 'none'");
  expect([answer.status, await answer.text()]).toEqual([201, "{}"]);
});

test("cancels the source of an answer when the reader cancels", async () => {
  const ended = vi.fn();
  const body = new ReadableStream({ cancel: ended });
  const answer = await finishAnswer(asked("/api/other"), new Response(body), nonce);
  await answer.body?.cancel();
  expect(ended).toHaveBeenCalledOnce();
});
