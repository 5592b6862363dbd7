/** The bare relay of `relay.ts`. A process of its own, as the app's server is. */
import { readFile } from "node:fs/promises";
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { join, normalize } from "node:path";
import { text } from "node:stream/consumers";
import pg from "pg";

/** What `relay.ts` sends first. */
export interface RelayTask {
  databaseUrl: string;
  electricUrl: string;
  /** The HTML of the page at `/static`. */
  staticPage: string;
  /** The folder of the files that the static page names. */
  files: string;
}

/** A page that follows a shape and shows the newest name of its rows. `window.write(id, name)` writes a name. */
const livePage = `<!doctype html><title>Bare page</title><h1></h1><script>
window.write = async (id, name) =>
  (await fetch("/write", { method: "POST", body: JSON.stringify({ id, name }) })).json();
async function follow(next) {
  const answer = await fetch("/v1/shape" + location.search + "&" + next);
  for (const { value } of await answer.json())
    if (value?.name) document.querySelector("h1").textContent = value.name;
  const place = new URLSearchParams({
    offset: answer.headers.get("electric-offset"),
    handle: answer.headers.get("electric-handle"),
  });
  if (answer.headers.has("electric-up-to-date")) place.set("live", "true");
  return follow(place);
}
follow("offset=-1");
</script>`;

const types = { css: "text/css", js: "text/javascript", svg: "image/svg+xml", woff2: "font/woff2" };
const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });

process.once("message", async (task: RelayTask) => {
  const sql = new pg.Client({ connectionString: task.databaseUrl });
  await sql.connect();
  const server = createServer((asked, answer) => void serve(task, sql, asked, answer));
  server.listen(0, "127.0.0.1", () => {
    const address = server.address();
    process.send?.(typeof address === "object" ? address?.port : undefined);
  });
});
process.once("disconnect", () => process.exit());

async function serve(
  { electricUrl, staticPage, files }: RelayTask,
  sql: pg.Client,
  asked: IncomingMessage,
  answer: ServerResponse,
): Promise<void> {
  const path = asked.url ?? "/";
  if (path.startsWith("/v1/shape")) return relay(`${electricUrl}${path}`, answer);
  if (path === "/write") return write(sql, await text(asked), answer);
  if (path === "/static") return sendPage(staticPage, answer);
  if (path.startsWith("/page")) return sendPage(livePage, answer);
  return sendFile(join(files, normalize(path)), answer);
}

/** Passes a request on to Electric. Electric closes a connection after 50 requests, so the request may go twice. */
function relay(url: string, answer: ServerResponse, again = true): void {
  const asked = request(url, { agent }, (answered) => {
    answer.writeHead(answered.statusCode ?? 502, answered.headers);
    answered.pipe(answer);
  });
  asked.on("error", () => (again && asked.reusedSocket ? relay(url, answer, false) : answer.destroy()));
  answer.on("close", () => asked.destroy());
  asked.end();
}

async function write(sql: pg.Client, body: string, answer: ServerResponse): Promise<void> {
  const { id, name }: { id: string; name: string } = JSON.parse(body);
  const { rows } = await sql.query(
    `update "user" set name = $1, updated_at = clock_timestamp() where id = $2
     returning pg_current_xact_id()::xid as txid`,
    [name, id],
  );
  answer.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(rows[0]));
}

function sendPage(html: string, answer: ServerResponse): void {
  answer.writeHead(200, { "content-type": "text/html; charset=utf-8", "cache-control": "private, no-store" });
  answer.end(html);
}

async function sendFile(path: string, answer: ServerResponse): Promise<void> {
  const content = await readFile(path).catch(() => undefined);
  if (!content) return void answer.writeHead(404).end();
  const type = Object.entries(types).find(([ending]) => path.endsWith(`.${ending}`))?.[1];
  answer.writeHead(200, {
    "content-type": type ?? "application/octet-stream",
    "cache-control": "public, max-age=31536000, immutable",
  });
  answer.end(content);
}
