import { once } from "node:events";
import { request as ask, createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/**
 * Starts a proxy between the app and the sync service, which records the requests of the app. A test may let the proxy
 * answer in place of the service.
 */
export async function startWiretap() {
  let target = "";
  let answer: ((response: ServerResponse) => void) | undefined;
  const asked: URL[] = [];

  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "", target || "http://nowhere.invalid");
    asked.push(url);
    if (answer) return answer(response);
    const forwarded = ask(url, { method: request.method, headers: request.headers }, (from) => {
      response.writeHead(from.statusCode ?? 502, from.headers);
      from.pipe(response);
    });
    forwarded.on("error", () => response.destroy());
    response.on("close", () => forwarded.destroy());
    request.pipe(forwarded);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** The URLs of the recorded requests, oldest first. */
    asked,
    /** Passes requests on to this service. */
    connect: (url: string) => {
      target = url;
    },
    /** Answers in place of the service while `work` runs. */
    async answering<T>(how: (response: ServerResponse) => void, work: () => Promise<T>): Promise<T> {
      answer = how;
      try {
        return await work();
      } finally {
        answer = undefined;
      }
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}
