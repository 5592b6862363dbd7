import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { getCertificate } from "@vitejs/plugin-basic-ssl";
import { expect, test } from "vitest";
import { startUpstream } from "../../../../test/upstream";
import { AwaitedRequest } from "./electric-request";

async function ask(url: string): Promise<string> {
  const { body } = await new AwaitedRequest(`${url}/v1/shape?offset=-1`, null).answer;
  return new Response(body).text();
}

test("requests in turn share a connection, and requests at the same time do not", async () => {
  await using upstream = await startUpstream((_request, response) => response.end("[]"));
  for (let turn = 0; turn < 3; turn++) await ask(upstream.url);
  await Promise.all([ask(upstream.url), ask(upstream.url)]);
  const sockets = upstream.requests.map(({ socket }) => socket);
  expect(new Set(sockets.slice(0, 4)).size).toBe(1);
  expect(new Set(sockets).size).toBe(2);
});

test("no request goes over a connection that the server has announced to close", async () => {
  await using upstream = await startUpstream((_request, response) => {
    response.setHeader("keep-alive", "timeout=1");
    response.end("[]");
  });
  await ask(upstream.url);
  await ask(upstream.url);
  expect(upstream.requests[0]?.socket).not.toBe(upstream.requests[1]?.socket);
});

test("no request goes over a connection whose answer was given up", async () => {
  await using upstream = await startUpstream((_request, response) => {
    if (upstream.requests.length > 1) response.end("[]");
  });
  const coming = upstream.next();
  const given = new AwaitedRequest(`${upstream.url}/v1/shape`, null);
  const reason = new Error("the browser has gone");
  const closed = once((await coming).socket, "close");
  given.end(reason);
  await expect(given.answer).rejects.toBe(reason);
  expect(await ask(upstream.url)).toBe("[]");
  await closed;
});

test("a long answer arrives whole at a reader that is slower than the server", async () => {
  const rows = Array.from({ length: 200_000 }, (_, row) => `row ${row}\n`).join("");
  await using upstream = await startUpstream((_request, response) => response.end(rows));
  const { body } = await new AwaitedRequest(`${upstream.url}/v1/shape`, null).answer;
  expect(body).toBeInstanceOf(ReadableStream);
  let text = "";
  for await (const piece of body as ReadableStream<Uint8Array>) {
    text += Buffer.from(piece).toString("latin1");
    await new Promise(setImmediate);
  }
  expect(text).toBe(rows);
});

test("asks over TLS, and only a server whose certificate is trusted", async () => {
  const folder = await mkdtemp(join(tmpdir(), "tracer-certificate-"));
  const certificate = await getCertificate(folder);
  await rm(folder, { recursive: true });
  await using upstream = await startUpstream((_request, response) => response.end("[]"), { certificate });
  await expect(ask(upstream.url)).rejects.toThrow("self-signed certificate");
  expect(upstream.requests).toHaveLength(0);
  const trusted = getCACertificates("default");
  const [own = ""] = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/.exec(certificate) ?? [];
  setDefaultCACertificates([...trusted, own]);
  try {
    expect(await ask(upstream.url)).toBe("[]");
    expect(await ask(upstream.url)).toBe("[]");
  } finally {
    setDefaultCACertificates(trusted);
  }
  expect(upstream.requests[0]?.socket).toBe(upstream.requests[1]?.socket);
});
