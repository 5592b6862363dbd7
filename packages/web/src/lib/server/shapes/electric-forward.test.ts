import { once } from "node:events";
import { gzipSync } from "node:zlib";
import { afterEach, expect, test, vi } from "vitest";
import { collectGarbage } from "../../../../test/collect-garbage";
import { startUpstream } from "../../../../test/upstream";
import { firstByteSeconds } from "../limits";
import { forwardShape } from "./electric-forward";

const secret = "s3cret-of-the-upstream";
const rows = JSON.stringify([{ headers: { control: "up-to-date" }, text: "žluťoučký".repeat(1000) }]);

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const ask = (base: string, init?: RequestInit, query = "offset=-1") =>
  forwardShape(`${base}/v1/shape?${query}&secret=${secret}`, new Request("http://app.test/api/users", init));

/** All that was logged, as text. */
function captureLog() {
  const lines: string[] = [];
  for (const level of ["log", "info", "warn", "error"] as const) {
    vi.spyOn(console, level).mockImplementation((...parts) => void lines.push(parts.map(String).join(" ")));
  }
  return lines;
}

test("passes the answer on byte for byte, with the protocol's headers and none that speak of the connection", async () => {
  await using upstream = await startUpstream((_request, response) => {
    response.writeHead(200, {
      "content-type": "application/json; charset=utf-8",
      "content-encoding": "gzip",
      "cache-control": "public, max-age=604800, s-maxage=3600",
      "surrogate-control": "max-age=60",
      "electric-handle": "12-34",
      "electric-offset": "0_0",
      "electric-schema": '{"id":{"type":"text"}}',
      "access-control-allow-origin": "*",
      etag: '"a:b"',
      vary: "accept-encoding",
    });
    response.end(gzipSync(rows));
  });
  const answer = await ask(upstream.url);
  expect(await answer.text()).toBe(rows);
  expect(Object.fromEntries(answer.headers)).toEqual({
    "cache-control": "private, no-store",
    "content-type": "application/json; charset=utf-8",
    "electric-handle": "12-34",
    "electric-offset": "0_0",
    "electric-schema": '{"id":{"type":"text"}}',
    etag: '"a:b"',
  });
});

test.for<[string, Buffer]>([
  ["in UTF-8, as Electric does", Buffer.from('{"größe 🎉":{"type":"int4"}}')],
  [
    "with escapes, as the shape server does",
    Buffer.from('{"gr\\u00f6\\u00dfe \\ud83c\\udf89":{"type":"int4"}}'),
  ],
  ["in Latin-1", Buffer.from('{"größe \\ud83c\\udf89":{"type":"int4"}}', "latin1")],
])("a schema that the upstream sends %s reaches the browser in ASCII", async ([, bytes]) => {
  await using upstream = await startUpstream((_request, response) => {
    // Node writes each character of a header as one byte.
    response.writeHead(200, { "electric-schema": bytes.toString("latin1") });
    response.end("[]");
  });
  const schema = (await ask(upstream.url)).headers.get("electric-schema") ?? "";
  expect(schema).toMatch(/^[ -~]+$/);
  expect(JSON.parse(schema)).toEqual({ "größe 🎉": { type: "int4" } });
});

test.for([
  [200, 200],
  [304, 304],
  [400, 400],
  [409, 409],
  [429, 429],
  [301, 502],
  [401, 502],
  [403, 502],
  [404, 502],
  [500, 503],
  [503, 503],
  [530, 503],
])(
  "an upstream answer of %i becomes %i, private and without a word of the upstream",
  async ([from = 0, to]) => {
    const log = captureLog();
    await using upstream = await startUpstream((_request, response) => {
      response.writeHead(from, {
        location: `${upstream.url}/?secret=${secret}`,
        "cache-control": "public, max-age=60",
      });
      response.end(
        from === 304
          ? undefined
          : JSON.stringify(from === to ? [] : { message: `${upstream.url} ${secret}` }),
      );
    });
    const answer = await ask(upstream.url);
    const seen = [await answer.text(), JSON.stringify([...answer.headers]), ...log].join("\n");
    expect(answer.status).toBe(to);
    expect(answer.headers.get("cache-control")).toBe("private, no-store");
    expect(seen).not.toContain(secret);
    expect(seen).not.toContain(new URL(upstream.url).host);
    if (from !== to) expect(answer.headers.get("retry-after")).toMatch(/^\d+$/);
  },
);

test("asks once more on a new connection when the first ended without an answer", async () => {
  await using upstream = await startUpstream((request, response) => {
    if (upstream.requests.length === 1) request.socket.destroy();
    else response.end("[]");
  });
  expect((await ask(upstream.url)).status).toBe(200);
  expect(upstream.requests).toHaveLength(2);
});

test("answers 503 when Electric is down, without its address", async () => {
  const log = captureLog();
  let url = "";
  {
    await using upstream = await startUpstream(() => {});
    url = upstream.url;
  }
  const answer = await ask(url);
  expect(answer.status).toBe(503);
  expect(answer.headers.get("retry-after")).toBe("2");
  expect([await answer.text(), ...log].join()).not.toMatch(new RegExp(`${secret}|${new URL(url).host}`));
});

test("answers 504 when Electric accepts and never answers", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  await using upstream = await startUpstream(() => {});
  const coming = upstream.next();
  const answer = ask(upstream.url);
  await coming;
  vi.advanceTimersByTime(firstByteSeconds * 1000);
  expect((await answer).status).toBe(504);
});

test("gives up the upstream request when the browser goes before the answer", async () => {
  await using upstream = await startUpstream(() => {});
  const browser = new AbortController();
  const coming = upstream.next();
  const answer = ask(upstream.url, { signal: browser.signal });
  const request = await coming;
  const closed = once(request.socket, "close");
  browser.abort();
  await closed;
  expect((await answer).status).toBe(499);
});

test("gives up the upstream request when the browser goes in the middle of the answer", async () => {
  await using upstream = await startUpstream((_request, response) => void response.write("["));
  const coming = upstream.next();
  const answer = await ask(upstream.url);
  const request = await coming;
  const closed = once(request.socket, "close");
  // What a server does with the body on Lambda, where the request's signal stays silent.
  await answer.body?.cancel();
  await closed;
});

test("gives up the upstream request when the browser goes, though only the answer is still in use", async () => {
  await using upstream = await startUpstream((_request, response) => void response.write("["));
  const coming = upstream.next();
  const browser = new AbortController();
  const answer = await ask(upstream.url, { signal: browser.signal });
  const broken = expect(answer.text()).rejects.toThrow("broke off");
  const closed = once((await coming).socket, "close");
  await collectGarbage();
  browser.abort();
  await closed;
  await broken;
});

test("an answer that breaks off ends with an error that names neither address nor secret", async () => {
  await using upstream = await startUpstream((request, response) => {
    response.write("[");
    setImmediate(() => request.socket.destroy());
  });
  const answer = await ask(upstream.url);
  const error: Error = await answer.text().catch((reason) => reason);
  expect(error).toBeInstanceOf(Error);
  const seen = `${error.stack}${error.cause}`;
  expect(seen).toContain("Electric's answer broke off");
  expect(seen).not.toContain(secret);
  expect(seen).not.toContain(new URL(upstream.url).host);
});

test("hands on an ETag that the browser holds", async () => {
  await using upstream = await startUpstream((_request, response) => response.end("[]"));
  await ask(upstream.url, {
    headers: { "if-none-match": '"x"', cookie: "session=1", authorization: "Bearer y" },
  });
  const { headers } = upstream.requests[0] ?? {};
  expect(headers?.["if-none-match"]).toBe('"x"');
  expect(headers).not.toHaveProperty("cookie");
  expect(headers).not.toHaveProperty("authorization");
});

test.for([
  [
    { columns: ["The following columns are not found on the table: city"] },
    /Electric refuses "columns": .*: city$/,
  ],
  [{ table: ['Table "public"."parcels" does not exist.'] }, /Electric refuses "table": .*parcels/],
  [{ offset: ["has invalid format"] }, undefined],
] as const)(
  "a definition that the database does not fit is logged, and a browser's mistake is not",
  async ([errors, logged]) => {
    const body = JSON.stringify({ message: "Invalid request", errors });
    await using upstream = await startUpstream((_request, response) => {
      response.writeHead(400, { "content-type": "application/json" }).end(body);
    });
    const log = captureLog();
    const answer = await ask(upstream.url);
    expect([answer.status, await answer.text()]).toEqual([400, body]);
    expect(log).toEqual(logged ? [expect.stringMatching(logged)] : []);
  },
);
test("every request is answered when the upstream closes each connection after 50 requests", async () => {
  const served = new WeakMap<object, number>();
  await using upstream = await startUpstream((request, response) => {
    const count = (served.get(request.socket) ?? 0) + 1;
    served.set(request.socket, count);
    // Electric does not announce the end of the connection.
    response.end("[]", () => count === 50 && request.socket.destroy());
  });
  const statuses = new Set<number>();
  const askOften = async () => {
    for (let n = 0; n < 250; n++) statuses.add((await ask(upstream.url)).status);
  };
  await Promise.all(Array.from({ length: 8 }, askOften));
  expect([...statuses]).toEqual([200]);
});

test("an answer that arrives in one piece is passed on in one piece", async () => {
  await using upstream = await startUpstream((_request, response) => response.end(rows));
  const body = (await ask(upstream.url)).body?.getReader();
  expect(Buffer.from((await body?.read())?.value ?? []).toString()).toBe(rows);
  expect((await body?.read())?.done).toBe(true);
});
