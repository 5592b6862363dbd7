import { Agent, type IncomingHttpHeaders, request as requestHttp } from "node:http";
import { connect } from "node:net";
import type { FuzzRequest } from "./requests.ts";

/** What came back. The status is undefined when the server closed the connection without an answer. */
export interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** How long to wait for the end of an answer, in milliseconds: the server holds a line and a live poll for long. */
const patience = 5_000;

/** A held answer has told enough after so many milliseconds without more data. */
const quietAfter = 150;

const agent = new Agent({ keepAlive: true, maxSockets: 32 });

/** Sends a request and reads the answer. Rejects when the server neither answers nor closes the connection. */
export function send(url: string, request: FuzzRequest): Promise<Answer> {
  return request.raw ? sendRaw(url, request) : sendByClient(url, request);
}

function sendByClient(url: string, { method, target, headers, body }: FuzzRequest): Promise<Answer> {
  const { hostname, port } = new URL(url);
  // Node's client takes no space and nothing outside Latin-1 in a path.
  const path = target.replace(/[^\x21-\x7e]/g, (character) => encodeURIComponent(character.toWellFormed()));
  const hasBody = method !== "GET" && method !== "HEAD" && method !== "TRACE";
  return new Promise((resolve, reject) => {
    const sent = requestHttp({ agent, hostname, port, method, path, headers });
    const tooLate = setTimeout(() => {
      reject(new Error(`no answer in ${patience} ms`));
      sent.destroy();
    }, patience);
    sent.once("close", () => clearTimeout(tooLate));
    sent.once("error", () => resolve({ status: undefined, headers: {}, body: "" }));
    sent.once("response", (answer) => {
      let text = "";
      const done = () => resolve({ status: answer.statusCode, headers: answer.headers, body: text });
      let quiet = setTimeout(giveUp, quietAfter);
      function giveUp() {
        done();
        sent.destroy();
      }
      answer.setEncoding("latin1");
      answer.on("data", (chunk: string) => {
        text += chunk;
        clearTimeout(quiet);
        quiet = setTimeout(giveUp, quietAfter);
      });
      answer.once("close", () => {
        clearTimeout(quiet);
        done();
      });
    });
    sent.end(hasBody ? body : undefined);
  });
}

function sendRaw(url: string, { method, target, headers, body }: FuzzRequest): Promise<Answer> {
  const { hostname, port, host } = new URL(url);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const head = [`${method} ${target} HTTP/1.1`, `host: ${host}`, ...lines, "connection: close"];
  const bytes = Buffer.from(body);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    let text = "";
    let quiet: ReturnType<typeof setTimeout> | undefined;
    const tooLate = setTimeout(() => {
      reject(new Error(`no answer in ${patience} ms`));
      socket.destroy();
    }, patience);
    socket.setEncoding("latin1").on("data", (chunk: string) => {
      text += chunk;
      clearTimeout(quiet);
      quiet = setTimeout(() => socket.destroy(), quietAfter);
    });
    socket.on("error", () => {});
    socket.once("close", () => {
      clearTimeout(tooLate);
      clearTimeout(quiet);
      resolve(parsed(text));
    });
    socket.write(`${head.join("\r\n")}\r\ncontent-length: ${bytes.length}\r\n\r\n`);
    // The server gives up a request whose client has ended its side of the connection.
    socket.write(bytes);
  });
}

function parsed(text: string): Answer {
  const [start = "", ...lines] = (text.split("\r\n\r\n", 1)[0] ?? "").split("\r\n");
  const status = Number(start.split(" ")[1]);
  const headers = Object.fromEntries(
    lines.map((line) => [
      line.slice(0, line.indexOf(":")).toLowerCase(),
      line.slice(line.indexOf(":") + 1).trim(),
    ]),
  );
  return { status: Number.isNaN(status) ? undefined : status, headers, body: text };
}
