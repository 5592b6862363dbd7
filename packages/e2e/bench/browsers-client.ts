/** The browsers of `waiting-browsers.ts`: raw HTTP in a process of its own, so that they cost the measured server nothing. */
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { Agent, type IncomingMessage, request } from "node:http";
import type { Socket } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import type { Report, Task } from "./browsers-task.ts";
import { after, type Frame } from "./electric-place.ts";
import { machineTime } from "./machine-time.ts";

interface Browser {
  /** The person. */
  id: string;
  /** The id that the browser has given itself. */
  name: string;
  cookie: string;
  /** One for each table, as path and query. */
  polls: string[];
}

/** Browsers come at this pace: so many at once, and so many milliseconds until the next ones. Electric takes them faster. */
const groupSize = 20;
const groupPause = { line: 300, polls: 300, direct: 100 };

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
let unanswered = 0;

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
  say({ bytes: bytes() - before, failed, reopened, unanswered });
  process.disconnect();
});

// Nobody waits for the changes any more.
process.once("disconnect", () => process.exit());

/** Waits for a word of `waiting-browsers.ts`. */
async function word(expected: string): Promise<void> {
  while ((await once(process, "message"))[0] !== expected);
}

/** Loads the shapes of a user once. All browsers of the user begin from there. */
async function load({ id, cookies }: Task["users"][number]): Promise<Browser[]> {
  const [first = ""] = cookies;
  const polls: string[] = [];
  for (const table of task.tables)
    polls.push(await upToDate(`${shapeOf(table, id)}offset=-1`, { id, cookie: first }));
  return cookies.map((cookie) => ({ id, cookie, name: randomUUID(), polls: [...polls] }));
}

/** The path of a person's shape of a table, and the beginning of its query. */
function shapeOf(table: string, id: string): string {
  if (task.way !== "direct") return `/api/${table}?`;
  const { secret } = task;
  const shape = { table, where: '"user_id" = $1', "params[1]": id, ...(secret && { secret }) };
  return `/v1/shape?${new URLSearchParams(shape)}&`;
}

async function upToDate(path: string, browser: Pick<Browser, "id" | "cookie">): Promise<string> {
  const answer = await ask("GET", path, browser);
  await text(answer);
  if (answer.statusCode !== 200) throw new Error(`${answer.statusCode} for ${path}`);
  const next = after(path, answer.headers);
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
    poll = `${after(poll, answer.headers)}&live=true`;
  }
}

async function holdLine(browser: Browser): Promise<void> {
  const { name, polls } = browser;
  const answer = await ask("POST", "/api/line", browser, JSON.stringify({ polls, browser: name }));
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
  let rest = "";
  let asksAgain = false;
  answer.setEncoding("utf8").on("data", (part: string) => {
    const lines = (rest + part).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) asksAgain = takeFrame(JSON.parse(line), browser) || asksAgain;
    if (asksAgain) answer.destroy();
  });
  answer.on("close", () => {
    if (over) return;
    if (!answer.complete && !asksAgain) fail("a line broke off");
    void reopen(browser);
  });
}

/** Opens a line again that has ended, after a wait like that of the app's page. */
async function reopen(browser: Browser): Promise<void> {
  reopened += 1;
  await delay(500 + Math.random() * 1_000);
  await holdLine(browser).catch((error) => {
    fail(error);
    if (!over) void reopen(browser);
  });
}

/**
 * Takes an answer from a line, and goes on from there. The next line of the browser begins with the newest places.
 *
 * @returns whether the server could not answer, so that the browser has to ask again, as the app's page does
 */
function takeFrame({ poll, status, headers = {}, body = "" }: Frame, browser: Browser): boolean {
  if (poll === undefined) return false;
  if (status === 503) {
    unanswered += 1;
    return true;
  }
  if (status === 200) browser.polls[poll] = `${after(browser.polls[poll] ?? "", headers)}&live=true`;
  else fail(`${status} on a line`);
  take(body);
  return false;
}

/** Notes when a row that the benchmark wrote has come. */
function take(body: string): void {
  const at = machineTime();
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
    asked.on("error", (error) => {
      if (over) return;
      // Electric closes a connection after 50 requests without notice. The app must not.
      if (task.way === "direct" && asked.reusedSocket) resolve(ask(method, path, browser, body));
      else reject(error);
    });
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
    await delay(groupPause[task.way]);
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
