import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

/** What the store has asked a bucket for: the method and the key, or `list` and `delete` with what they name. */
export type Asked = readonly [act: string, what: string];

/**
 * Starts a server that answers as S3 does, for what the store asks: put, get, list by prefix and delete several.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html
 */
export async function startBucket(name: string) {
  const files = new Map<string, Buffer>();
  const asked: Asked[] = [];
  let failing = false;

  async function answer(request: IncomingMessage): Promise<[status: number, body: string | Buffer]> {
    const { method = "", headers } = request;
    const body = await buffer(request);
    if (failing) return [503, "<Error><Code>SlowDown</Code></Error>"];
    if (!headers.authorization?.startsWith("AWS4-HMAC-SHA256 "))
      return [403, "<Error><Code>AccessDenied</Code></Error>"];
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://bucket");
    const key = decodeURIComponent(pathname).replace(new RegExp(`^/${name}/?`), "");
    if (searchParams.has("list-type")) return [200, listed(searchParams.get("prefix") ?? "")];
    if (searchParams.has("delete")) return [200, deleted(body.toString())];
    asked.push([method, key]);
    if (method === "PUT") files.set(key, body);
    const file = files.get(key);
    return file ? [200, method === "PUT" ? "" : file] : [404, "<Error><Code>NoSuchKey</Code></Error>"];
  }

  function listed(prefix: string): string {
    asked.push(["list", prefix]);
    const keys = [...files.keys()].filter((key) => key.startsWith(prefix));
    return `<ListBucketResult>${keys.map((key) => `<Contents><Key>${key}</Key></Contents>`).join("")}</ListBucketResult>`;
  }

  function deleted(xml: string): string {
    for (const [, key = ""] of xml.matchAll(/<Key>([^<]*)<\/Key>/g)) {
      asked.push(["delete", key]);
      files.delete(key);
    }
    return "<DeleteResult/>";
  }

  const server = createServer(async (request, response) => {
    const [status, body] = await answer(request);
    response
      .writeHead(status, typeof body === "string" ? { "content-type": "application/xml" } : {})
      .end(body);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    /** Lets every request fail, or no request. */
    fail: (now: boolean) => {
      failing = now;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}
