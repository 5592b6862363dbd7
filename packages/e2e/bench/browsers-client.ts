/** The browsers of `browsers.ts`: raw HTTP in a process of its own, so that they cost the measured server nothing. */
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { Agent, type IncomingMessage, request } from "node:http";
import type { Socket } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";

/** What `browsers.ts` sends first. */
export interface Task {
  url: string;
  tables: readonly string[];
  way: "polls" | "line";
  /** The sessions of one user, each in a browser of its own. */
  users: { id: string; cookies: string[] }[];
  /** How many browsers wait. The others come when `browsers.ts` sends "more". */
  first: number;
}

/**
 * What comes back: how far the work is, a stage that is reached, the changes that arrived, how many more browsers came and
 * were refused, and in the end the bytes of all browsers.
 */
export type Report =
  | { begun: number; of: number; what: string }
  | { stage: "loaded" | "held" }
  | { more: number; refused: number }
  | { arrived: { write: number; at: number }[] }
  | { bytes: number; failed: string[]; reopened: number };

interface Browser {
  /** The person. */
  id: string;
  /** The id that the browser has given itself. */
  name: string;
  cookie: string;
  /** One for each table, as path and query. */
  polls: string[];
}

/** A frame of a line. A sign of life has no poll. */
type Frame =
  | { poll: number; status: number; headers: Record<string, string>; body: string }
  | { poll?: undefined };

/** Browsers come at this pace: so many at once, and so many milliseconds until the next ones. */
const groupSize = 20;
const groupPause = 300;

const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });
const sockets = new Set<Socket>();
const failed: string[] = [];
let task: Task;
let arrived: { write: number; at: number }[] = [];
let over = false;
/** Whether those who come now are beyond the number that is measured. They do not try again when they are refused. */
let areMore = false;
let refused = 0;
let reopened = 0;

process.once("message", async (message: Task) => {
  task = message;
  const loaded: Browser[][] = [];
  await inTurns(
    "people loaded",
    task.users.map((user) => async () => void loaded.push(await load(user))),
  );
  const browsers = loaded.flat();
  const [first, others] = [browsers.slice(0, task.first), browsers.slice(task.first)];
  say({ stage: "loaded" });
  await word("hold");
  await inTurns(
    "browsers wait",
    first.map((browser) => () => hold(browser)),
  );
  say({ stage: "held" });
  const before = bytes();
  setInterval(tellArrived, 200).unref();
  await word("more");
  areMore = true;
  await inTurns(
    "more browsers came",
    others.map((browser) => () => hold(browser)),
  );
  say({ more: others.length, refused });
  await word("end");
  over = true;
  tellArrived();
  say({ bytes: bytes() - before, failed, reopened });
  process.disconnect();
  agent.destroy();
  process.exit();
});

/** Waits for a word of `browsers.ts`. */
async function word(expected: string): Promise<void> {
  while ((await once(process, "message"))[0] !== expected);
}

/** Loads the shapes of a user once. All browsers of the user begin from there. */
async function load({ id, cookies }: Task["users"][number]): Promise<Browser[]> {
  const [first = ""] = cookies;
  const polls: string[] = [];
  for (const table of task.tables)
    polls.push(await upToDate(`/api/${table}?offset=-1`, { id, cookie: first }));
  return cookies.map((cookie) => ({ id, cookie, name: randomUUID(), polls: [...polls] }));
}

async function upToDate(path: string, browser: Pick<Browser, "id" | "cookie">): Promise<string> {
  const answer = await ask("GET", path, browser);
  await text(answer);
  if (answer.statusCode !== 200) throw new Error(`${answer.statusCode} for ${path}`);
  const next = after(path, answer);
  return answer.headers["electric-up-to-date"] === undefined ? upToDate(next, browser) : `${next}&live=true`;
}

/** Waits for changes over a line, or by one request for each table. Resolves when the requests are on their way. */
async function hold(browser: Browser): Promise<void> {
  if (task.way === "line") return holdLine(browser);
  for (const poll of browser.polls) void follow(poll, browser).catch(fail);
}

async function follow(first: string, browser: Browser): Promise<void> {
  for (let poll = first; !over; ) {
    const answer = await ask("GET", poll, browser);
    const body = await text(answer);
    if (answer.statusCode !== 200) {
      fail(`${answer.statusCode} for a poll`);
      await delay(1_000 + Math.random() * 3_000);
      continue;
    }
    take(body);
    poll = `${after(poll, answer)}&live=true`;
  }
}

/**
 * Holds a line, and opens the next one from where the last one ended, as the app's page does. Resolves when the first line is
 * open, or refused.
 */
async function holdLine(browser: Browser): Promise<void> {
  const answer = await ask(
    "POST",
    "/api/line",
    browser,
    JSON.stringify({ polls: browser.polls, browser: browser.name }),
  );
  const wait = answer.headers["retry-after"];
  if (answer.statusCode === 503 && wait !== undefined) {
    answer.resume();
    if (areMore) {
      refused += 1;
      return;
    }
    await delay(Number(wait) * 1000);
    return holdLine(browser);
  }
  if (answer.statusCode !== 200) throw new Error(`${answer.statusCode} for a line`);
  void readLine(answer, browser)
    .catch((error) => fail(`a line broke: ${error.code}`))
    .then(() => reopen(browser));
}

async function readLine(answer: IncomingMessage, browser: Browser): Promise<void> {
  let rest = "";
  for await (const piece of answer.setEncoding("utf8")) {
    const lines = (rest + piece).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      const frame: Frame = JSON.parse(line);
      if (frame.poll === undefined) continue;
      if (frame.status !== 200) {
        answer.destroy();
        return fail(`${frame.status} in a line`);
      }
      const [path = ""] = browser.polls[frame.poll]?.split("?") ?? [];
      browser.polls[frame.poll] = `${after(path, frame)}&live=true`;
      take(frame.body);
    }
  }
}

/** Opens a line again that has ended, after a wait like that of the app's page. */
async function reopen(browser: Browser): Promise<void> {
  if (over) return;
  reopened += 1;
  await delay(500 + Math.random() * 1_000);
  await holdLine(browser).catch((error) => {
    fail(`a line could not be opened: ${error.code ?? error.message}`);
    void reopen(browser);
  });
}

/** The path that follows an answer. */
function after(path: string, { headers }: Pick<IncomingMessage, "headers">): string {
  const query = new URLSearchParams({
    offset: String(headers["electric-offset"]),
    handle: String(headers["electric-handle"]),
    ...(headers["electric-cursor"] && { cursor: String(headers["electric-cursor"]) }),
  });
  return `${path.split("?")[0]}?${query}`;
}

/** Notes when a row that `browsers.ts` wrote has come. */
function take(body: string): void {
  const at = Number(process.hrtime.bigint()) / 1e6;
  for (const [, write] of body.matchAll(/write (\d+)/g)) arrived.push({ write: Number(write), at });
}

function tellArrived(): void {
  if (arrived.length > 0) say({ arrived });
  arrived = [];
}

function ask(
  method: string,
  path: string,
  browser: Pick<Browser, "id" | "cookie">,
  body?: string,
): Promise<IncomingMessage> {
  const { id, cookie } = browser;
  const { origin } = new URL(task.url);
  const headers = {
    cookie,
    origin,
    "x-tracer-user": id,
    ...(body && { "content-type": "application/json" }),
  };
  return new Promise((resolve, reject) => {
    const asked = request(`${task.url}${path}`, { method, headers, agent }, (answer) => {
      keepCookies(browser, answer);
      resolve(answer);
    });
    asked.on("socket", (socket) => sockets.add(socket));
    asked.on("error", (error) => (over ? undefined : reject(error)));
    asked.end(body);
  });
}

/** Keeps the signed copy of the session that an answer may bring, as a browser does. */
function keepCookies(browser: Pick<Browser, "cookie">, { headers }: IncomingMessage): void {
  for (const set of headers["set-cookie"] ?? []) {
    const [pair = ""] = set.split(";", 1);
    const [name = ""] = pair.split("=", 1);
    const others = browser.cookie.split("; ").filter((one) => !one.startsWith(`${name}=`));
    browser.cookie = [...others, pair].join("; ");
  }
}

/** Does work in small groups, so that the server is not overrun. Reports each thousandth. */
async function inTurns(what: string, work: (() => Promise<void>)[]): Promise<void> {
  for (let begun = 0; begun < work.length; begun += groupSize) {
    await Promise.all(work.slice(begun, begun + groupSize).map((one) => one().catch(fail)));
    const done = Math.min(begun + groupSize, work.length);
    if (done % 1_000 < groupSize || done === work.length) say({ begun: done, of: work.length, what });
    await delay(groupPause);
  }
}

function fail(reason: unknown): void {
  if (!over) failed.push(String(reason));
}

function bytes(): number {
  return [...sockets].reduce((sum, socket) => sum + socket.bytesRead + socket.bytesWritten, 0);
}

function say(report: Report): void {
  process.send?.(report);
}
