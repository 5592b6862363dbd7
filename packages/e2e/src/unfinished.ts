import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** A request that promises a body and sends only the beginning. */
export interface Unfinished {
  readonly socket: Socket;
  /** Resolves with the status when the answer begins, or with undefined when the connection ends without an answer. */
  readonly status: Promise<number | undefined>;
  /** Resolves with the milliseconds after which the server closed the connection. */
  readonly closed: Promise<number>;
}

/**
 * Sends the head of a POST with a body of the given length, and a kilobyte of the body.
 *
 * @param headers such as a cookie
 */
export async function unfinishedPost(
  url: string,
  { path, length, headers = {} }: { path: string; length: number; headers?: Record<string, string> },
): Promise<Unfinished> {
  const { port, host } = new URL(url);
  const socket = connect(Number(port), "127.0.0.1");
  const began = performance.now();
  socket.on("error", () => {});
  const closed = once(socket, "close").then(() => performance.now() - began);
  const status = Promise.race([
    once(socket, "data").then(([data]) => Number(String(data).split(" ")[1])),
    closed.then(() => undefined),
  ]).catch(() => undefined);
  await once(socket, "connect");
  const lines = Object.entries({
    ...headers,
    host,
    "content-type": "application/json",
    "content-length": length,
  });
  socket.write(`POST ${path} HTTP/1.1\r\n${lines.map((line) => line.join(": ")).join("\r\n")}\r\n\r\n{"a":"`);
  socket.write("x".repeat(1024));
  return { socket, status, closed };
}
