import type { ServerResponse } from "node:http";
import { FetchError } from "@electric-sql/client";
import { afterEach, expect, test, vi } from "vitest";
import { seen } from "../../../test/seen";
import { startUpstream } from "../../../test/upstream";
import { onSessionEnd } from "../session/session-end";
import { Line } from "./line/line";
import { ShapeWatch } from "./shape-watch";

// What something between the page and the server makes of answers. The requests go to a real server.

const rows = '[{"headers":{"control":"up-to-date"}}]';
const ofElectric = {
  "content-type": "application/json",
  "electric-handle": "1-1",
  "electric-offset": "7_0",
  "electric-up-to-date": "",
};

function startWatch() {
  const ended = new AbortController();
  const common = { userId: "ada", line: new Line("ada", () => {}, ended.signal), signal: ended.signal };
  const watch = new ShapeWatch("users", common, () => {});
  return Object.assign(watch, { [Symbol.dispose]: () => ended.abort() });
}

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test.for<[string, (response: ServerResponse) => void]>([
  ["a 429", (response) => response.writeHead(429, { "content-type": "text/html" }).end("<h1>Slow down</h1>")],
  [
    "a 409 of a proxy",
    (response) => response.writeHead(409, { "content-type": "text/html" }).end("<p>No</p>"),
  ],
  ["an answer without its rows", (response) => response.writeHead(200, ofElectric).end()],
  ["half an answer", (response) => response.writeHead(200, ofElectric).end(rows.slice(0, 20))],
  ["a failure", (response) => response.writeHead(500).end()],
])("%s is no answer for Electric's client, and the page asks again", async ([, damage]) => {
  vi.stubGlobal("navigator", { onLine: true });
  let damaged = true;
  await using server = await startUpstream((_request, response) => {
    if (damaged) damage(response);
    else response.writeHead(200, ofElectric).end(rows);
  });
  using watch = startWatch();
  const answer = watch.fetch(`${server.url}/api/users?offset=5_0&handle=1-1`);
  await seen(() => expect(watch.report()?.state).toBe("error"));
  damaged = false;
  // The person comes back to the page, which ends every wait.
  watch.retry();
  expect(await (await answer).text()).toBe(rows);
  expect(watch.report()?.state).toBe("live");
});

test.for<[string, Error, number]>([
  ["an answer that Electric's client cannot use", new SyntaxError("Unexpected end of JSON input"), 500],
  ["a refusal", new FetchError(400, undefined, { message: "No" }, {}, "http://localhost/api/users"), 60_000],
])("after %s the client goes on in time", async ([, error, wait]) => {
  vi.stubGlobal("navigator", { onLine: true });
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  using watch = startWatch();
  let goesOn = false;
  void watch.onError(error).then(() => {
    goesOn = true;
  });
  await vi.advanceTimersByTimeAsync(wait);
  expect(goesOn).toBe(true);
});

test("a session that could not be checked is checked again after the next refusal", async () => {
  vi.stubGlobal("navigator", { onLine: true });
  const answers = [500, 200];
  const asked: string[] = [];
  await using server = await startUpstream((request, response) => {
    asked.push(request.url ?? "");
    response.writeHead(answers.shift() ?? 500, { "content-type": "application/json" }).end("null");
  });
  const { fetch } = globalThis;
  vi.stubGlobal("fetch", (path: string, init?: RequestInit) => fetch(new URL(path, server.url), init));
  let hasEnded = false;
  vi.stubGlobal("BroadcastChannel", class extends EventTarget {});
  onSessionEnd(() => {
    hasEnded = true;
  });
  using watch = startWatch();
  const refused = () => new FetchError(401, undefined, { message: "No" }, {}, "http://localhost/api/users");
  let goesOn = false;
  void watch.onError(refused()).then(() => {
    goesOn = true;
  });
  await vi.waitFor(() => {
    watch.retry();
    expect(goesOn).toBe(true);
  });
  expect(hasEnded).toBe(false);
  void watch.onError(refused());
  await vi.waitFor(() => expect(hasEnded).toBe(true));
  expect(asked).toHaveLength(2);
});
