import { Agent, request as ask, type IncomingMessage, type OutgoingHttpHeaders } from "node:http";
import type { Readable } from "node:stream";

/** Where CloudFront gets answers, over HTTP/1.1. */
export interface Origin {
  /** The `host` that the origin sees. It is not the site's own. */
  readonly host: string;
  /** The ports of this machine where the origin listens now. More than one: a load balancer before containers. */
  readonly ports: () => readonly number[];
}

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: OutgoingHttpHeaders;
  /** The whole body, or the body as it comes. */
  readonly body: Buffer | Readable;
  /** Aborts when the viewer has gone. */
  readonly signal: AbortSignal;
}

/** How often CloudFront tries to reach an origin. */
const attempts = 3;

/** CloudFront asks a new connection when an idle one is older than this, in milliseconds. */
const keepAlive = 60_000;

/** An origin that has not answered in time. */
export class OriginSilent extends Error {
  override name = "OriginSilent";
}

/**
 * Makes what sends requests to origins and waits for the head of the answer.
 *
 * A connection that is refused is tried again, at the next container if there is one. A request that was sent is only sent
 * again when it reads. An answer that is silent for too long breaks off.
 *
 * @param readTimeout in seconds
 */
export function originClient(readTimeout: number) {
  const agent = new Agent({
    keepAlive: true,
    keepAliveMsecs: keepAlive,
    maxSockets: Number.POSITIVE_INFINITY,
  });
  let turn = 0;

  /** @throws OriginSilent, or the error of the last attempt */
  async function request(origin: Origin, asked: Asked): Promise<IncomingMessage> {
    for (let attempt = 1; ; attempt++) {
      const ports = origin.ports();
      const port = ports[turn++ % ports.length] ?? 0;
      try {
        return await send(port, origin.host, asked);
      } catch (error) {
        const unsent = error instanceof Error && "code" in error && error.code === "ECONNREFUSED";
        const reads = asked.method === "GET" || asked.method === "HEAD";
        if (attempt === attempts || asked.signal.aborted || !(unsent || reads)) throw error;
      }
    }
  }

  function send(port: number, host: string, { method, path, headers, body, signal }: Asked) {
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const sent = ask(
      { agent, host: "127.0.0.1", port, method, path, headers: { ...headers, host }, signal },
      resolve,
    );
    sent.on("error", reject);
    sent.setTimeout(readTimeout * 1000, () =>
      sent.destroy(new OriginSilent(`No answer in ${readTimeout} s`)),
    );
    sent.once("socket", (socket) => {
      // The body must be whole for the next attempt when this connection is refused.
      const begin = () => void (Buffer.isBuffer(body) ? sent.end(body) : body.pipe(sent));
      if (socket.connecting) socket.once("connect", begin);
      else begin();
    });
    return promise;
  }

  return { request, [Symbol.dispose]: () => agent.destroy() };
}
