import { once } from "node:events";
import { request as ask, createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What becomes of a request: an answer in place of the app's, nothing at all, or the app's answer after a while. */
type Fault = { status: number; headers?: Record<string, string> } | "silent" | { delay: number };

/**
 * Starts the network between pages and the app: a proxy whose faults a test decides.
 *
 * @param target the address of the app
 */
export async function startNetwork(target: string) {
  const open = new Set<{ path: string; response: ServerResponse }>();
  const silenced = new Set<ServerResponse>();
  const asked: string[] = [];
  let faultOf: (path: string) => Fault | undefined = () => undefined;

  const server = createServer(async (request, response) => {
    const path = request.url ?? "/";
    asked.push(path);
    const entry = { path, response };
    open.add(entry);
    response.once("close", () => open.delete(entry));
    server.emit("asked", path);
    const fault = faultOf(path);
    if (fault === "silent") {
      silenced.add(response);
      return;
    }
    if (fault && "status" in fault) {
      response.writeHead(fault.status, fault.headers).end();
      return;
    }
    if (fault) await new Promise((resolve) => setTimeout(resolve, fault.delay));
    passOn(new URL(path, target), request, response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** The paths and queries of all requests, oldest first. */
    asked,
    /** The requests that wait for their answer, or for the end of it. */
    open: () => [...open].map(({ path }) => path),
    /** Waits for the next request to an address that begins so. */
    async next(prefix: string): Promise<void> {
      for (;;) {
        const [path] = (await once(server, "asked")) as [string];
        if (path.startsWith(prefix)) return;
      }
    },
    /** Decides what becomes of requests from now on. */
    fail: (how: typeof faultOf) => {
      faultOf = how;
    },
    /** All is well again. Requests that have met silence break off, which spares a test the 30 s after which pages give up. */
    heal: () => {
      faultOf = () => undefined;
      for (const response of silenced) response.destroy();
      silenced.clear();
    },
    /** Breaks what is open to addresses that begin so. */
    cut: (prefix = "/") => {
      for (const { path, response } of open) if (path.startsWith(prefix)) response.destroy();
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

function passOn(url: URL, request: IncomingMessage, response: ServerResponse): void {
  const passed = ask(url, { method: request.method, headers: request.headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    response.flushHeaders();
    answer.pipe(response);
    answer.on("error", () => response.destroy());
  });
  passed.on("error", () => response.destroy());
  response.on("close", () => passed.destroy());
  request.pipe(passed);
}
