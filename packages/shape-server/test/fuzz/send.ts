import { once } from "node:events";
import { Agent, request as httpRequest } from "node:http";
import { connect } from "node:net";
import type { Request } from "./requests.ts";

const agent = new Agent({ keepAlive: true, maxSockets: 8 });
/** A stream would not end by itself. */
const ENOUGH_MS = 3_000;

/** Sends a request as it is; the connection's end counts as status 0. */
export function send(
  port: number,
  { method, path, headers, body }: Request,
): Promise<{ status: number; text: string }> {
  return new Promise((resolve) => {
    const lengths = body === "" ? {} : { "content-length": String(Buffer.byteLength(body)) };
    const outgoing = httpRequest(
      {
        host: "127.0.0.1",
        port,
        method,
        path,
        headers: { ...Object.fromEntries(headers), ...lengths },
        agent,
      },
      (answer) => {
        const parts: Buffer[] = [];
        const done = () => resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(parts).toString() });
        answer.on("data", (part: Buffer) => parts.push(part));
        answer.on("end", done);
        answer.on("error", done);
        answer.on("close", done);
      },
    );
    outgoing.setTimeout(ENOUGH_MS, () => outgoing.destroy());
    outgoing.on("error", () => resolve({ status: 0, text: "" }));
    outgoing.end(body);
  });
}

/** Sends bytes and hangs up, either at once or when the server has said something. */
export async function sendBytes(port: number, bytes: Buffer, wait: boolean): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  let answer = "";
  socket.on("data", (part) => {
    answer += part.toString("latin1");
  });
  socket.on("error", () => {});
  await once(socket, "connect");
  await new Promise<void>((resolve) => socket.write(bytes, () => resolve()));
  if (wait) {
    socket.end();
    socket.setTimeout(ENOUGH_MS, () => socket.destroy());
    if (!socket.closed) await once(socket, "close");
  } else socket.destroy();
  return answer;
}

export function hangUp(): void {
  agent.destroy();
}
