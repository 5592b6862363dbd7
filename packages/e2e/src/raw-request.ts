import { once } from "node:events";
import { connect } from "node:net";
import { text } from "node:stream/consumers";

/**
 * Sends a request byte for byte, as no client of HTTP would, and reads the answer until the server closes the
 * connection.
 *
 * @param head the request line and the headers, each line without its end. A host is added unless the head has one
 */
export async function rawRequest(url: string, head: string[], body = "") {
  const { hostname, port, host } = new URL(url);
  const socket = connect(Number(port), hostname);
  await once(socket, "connect");
  const hosted = head.some((line) => /^host:/i.test(line)) ? head : [...head, `host: ${host}`];
  socket.write(
    `${[...hosted, "connection: close", `content-length: ${body.length}`].join("\r\n")}\r\n\r\n${body}`,
  );
  const answer = await text(socket);
  const [start = "", ...lines] = (answer.split("\r\n\r\n", 1)[0] ?? "").split("\r\n");
  const headers = Object.fromEntries(
    lines.map((line) => [
      line.slice(0, line.indexOf(":")).toLowerCase(),
      line.slice(line.indexOf(":") + 1).trim(),
    ]),
  );
  return { status: Number(start.split(" ")[1]), headers };
}
