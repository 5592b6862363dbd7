import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { listenOnFirst } from "./listen.ts";
import { type MailFolder, openMailFolder, type StoredMail } from "./outbox/mail-folder.ts";
import { outboxPage, outboxScript, outboxStyles } from "./outbox/page.ts";
import { startSmtpSink } from "./outbox/smtp-sink.ts";

export interface Outbox extends AsyncDisposable {
  /** The address of the page that shows the mails, such as `http://127.0.0.1:5623`. */
  url: string;
  /** Where the app sends its mail, such as `smtp://127.0.0.1:5624`. */
  smtpUrl: string;
  close(): Promise<void>;
}

/**
 * Starts a mail server that keeps every mail, and a page that shows them. Neither listens beyond this machine.
 *
 * `/mails.json` gives the mails to programs, the newest first.
 *
 * @param options.dir the folder that keeps the mails
 * @param options.preferredPorts both servers take the first free ones of these ports, or else any
 * @param options.onMail called for each mail that has arrived
 */
export async function startOutbox(options: {
  dir: string;
  preferredPorts?: readonly number[];
  onMail?: (mail: StoredMail) => void;
}): Promise<Outbox> {
  const ports = [...(options.preferredPorts ?? []), 0];
  const folder = await openMailFolder(options.dir);
  const pages = new Set<ServerResponse>();
  const sink = await startSmtpSink(ports, async (raw) => {
    const mail = await folder.add(raw);
    options.onMail?.(mail);
    for (const page of pages) page.write("event: mail\ndata: new\n\n");
  });
  const server = createServer((request, response) => {
    if (isForeign(request))
      return void send(response, 403, "text/plain", "Open this page by its own address.\n");
    if (request.url === "/events") return listenForMail(response, pages);
    void answer(folder, request, response).catch(() => response.destroy());
  });
  const port = await listenOnFirst(server, ports);
  const close = async () => {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
    await sink.close();
  };
  return { url: `http://127.0.0.1:${port}`, smtpUrl: sink.url, close, [Symbol.asyncDispose]: close };
}

/** A page of the internet can name this machine as its own host. The browser then sends that name. */
function isForeign({ headers }: IncomingMessage): boolean {
  return !/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(headers.host ?? "");
}

function listenForMail(response: ServerResponse, pages: Set<ServerResponse>): void {
  response
    .writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" })
    .flushHeaders();
  pages.add(response);
  response.once("close", () => pages.delete(response));
}

async function answer(folder: MailFolder, { url = "/" }: IncomingMessage, response: ServerResponse) {
  if (url === "/") return send(response, 200, "text/html", outboxPage(await folder.list()));
  if (url === "/mails.json")
    return send(response, 200, "application/json", JSON.stringify(await folder.list()));
  if (url === "/outbox.css") return send(response, 200, "text/css", outboxStyles);
  if (url === "/outbox.js") return send(response, 200, "text/javascript", outboxScript);
  const [, id] = /^\/mails\/(\d+)\.html$/.exec(url) ?? [];
  const html = id === undefined ? undefined : (await folder.read(id))?.html;
  if (html !== undefined) return send(response, 200, "text/html", html, mailPolicy);
  send(response, 404, "text/plain", "There is no such mail.\n");
}

const pagePolicy =
  "default-src 'self'; img-src data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
/** A mail runs no scripts and loads nothing. */
const mailPolicy =
  "sandbox allow-popups allow-top-navigation-by-user-activation; default-src 'none'; style-src 'unsafe-inline'";

function send(
  response: ServerResponse,
  status: number,
  type: string,
  body: string,
  policy = pagePolicy,
): void {
  response
    .writeHead(status, {
      "content-type": `${type}; charset=utf-8`,
      "cache-control": "no-store",
      "content-security-policy": policy,
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
    })
    .end(body);
}
