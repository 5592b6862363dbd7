import { once } from "node:events";
import { request as ask, createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A fault of a request: another answer than the app's, no answer at all, or the app's answer after a delay in ms. */
type Fault = { status: number; headers?: Record<string, string> } | "silent" | { delay: number };

/**
 * Starts the network between pages and the app: a proxy with faults that a test sets.
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
    /** The paths and queries of the requests whose answers are not complete. */
    open: () => [...open].map(({ path }) => path),
    /** Waits for the next request whose path begins with the prefix. */
    async next(prefix: string): Promise<void> {
      for (;;) {
        const [path] = (await once(server, "asked")) as [string];
        if (path.startsWith(prefix)) return;
      }
    },
    /** Sets the faults of all later requests. */
    fail: (how: typeof faultOf) => {
      faultOf = how;
    },
    /** Ends all faults, and breaks silent requests, so that a test need not wait 30 s until pages give up. */
    heal: () => {
      faultOf = () => undefined;
      for (const response of silenced) response.destroy();
      silenced.clear();
    },
    /** Breaks the open requests whose paths begin with the prefix. */
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
