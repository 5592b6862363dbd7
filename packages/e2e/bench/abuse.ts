/**
 * Measures what a bystander waits at rest and while one client attacks the production build. Each line has an attack, the
 * bystander's p50 and p95 at rest and under the attack, and the ratio of the two p95. Run `npm run build`, then
 * `npm run bench:abuse -w @tracer/e2e`. Linux only, because the attacks come from many addresses of the machine.
 */
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { setPriority } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { fetchFrom, randomAddress } from "../src/from-address.ts";
import type { Person } from "../src/person.ts";
import { unfinishedPost } from "../src/unfinished.ts";
import { HttpClient } from "./http-client.ts";
import { openSite } from "./site.ts";
import { percentile } from "./statistics.ts";

/** How long each attack lasts, in milliseconds. */
const lasting = 6_000;

/** How often the bystander does something, in milliseconds. */
const pace = 100;

type Act = () => Promise<number>;
type Tally = Map<string, number>;

interface Attack {
  readonly name: string;
  /** Attacks until the signal aborts. Counts what becomes of each request. */
  readonly run: (signal: AbortSignal, count: (status: number | string) => void) => Promise<unknown>;
  readonly bystander: Act;
}

/** What the thread of the attacker gets. The bystander must not wait for the attacker's own work. */
interface Stage {
  readonly url: string;
  readonly pid: number;
  readonly eve: Person;
  readonly ada: Person;
  readonly victim: Person;
  readonly attack?: number;
}

await using opened = isMainThread ? await openSite() : undefined;
const stage: Stage = opened
  ? {
      url: opened.url,
      pid: opened.pid,
      eve: await opened.signUp(),
      ada: await opened.signUp(),
      victim: await opened.signUp(),
    }
  : workerData;
const { eve, ada, victim } = stage;
const json = { "content-type": "application/json", origin: stage.url };
using client = new HttpClient(400);
const owner = isMainThread ? await signedIn(ada) : "";

const attacks: Attack[] = [
  {
    name: "one user's 200 parallel writes; the bystander writes",
    run: (signal, count) => inParallel(200, signal, async () => count(await write(eve))),
    bystander: () => write(ada),
  },
  {
    name: "one user's 200 parallel first loads; the bystander writes",
    run: (signal, count) => inParallel(200, signal, async () => count(await load(eve))),
    bystander: () => write(ada),
  },
  {
    name: "300 unfinished 1 MB POSTs without a session; the bystander writes",
    run: (signal, count) => hold("/api/trpc/push", 1_000_000, signal, count),
    bystander: () => write(ada),
  },
  {
    name: "300 unfinished sign-ins; the bystander signs in on a known device",
    run: (signal, count) => hold("/api/auth/sign-in/email", 16_000, signal, count),
    bystander: () => signIn(ada.email, "correct horse", "127.0.0.1", owner),
  },
  {
    name: "200 parallel sign-ins from changing addresses; the bystander signs in on a known device",
    run: (signal, count) =>
      inParallel(200, signal, async () => count(await signIn(`${randomUUID()}@example.com`, "wrong horse"))),
    bystander: () => signIn(ada.email, "correct horse", "127.0.0.1", owner),
  },
  {
    name: "the same attack; the bystander writes",
    run: (signal, count) =>
      inParallel(200, signal, async () => count(await signIn(`${randomUUID()}@example.com`, "wrong horse"))),
    bystander: () => write(ada),
  },
];

if (isMainThread) {
  for (const [index, attack] of attacks.entries()) await measure(attack, index);
  await countGuesses();
} else {
  await attackUntilTold();
}

/** The thread of the attacker: attacks until the main thread sends a message, and answers with what has become of it. */
async function attackUntilTold(): Promise<void> {
  // An attacker has a machine of their own. Here the attacker's thread takes what the others leave of the processors.
  setPriority(19);
  const tally: Tally = new Map();
  const end = new AbortController();
  parentPort?.once("message", () => end.abort());
  parentPort?.postMessage("the attack begins");
  await attacks[stage.attack ?? 0]?.run(end.signal, (status) =>
    tally.set(String(status), (tally.get(String(status)) ?? 0) + 1),
  );
  parentPort?.postMessage(tally);
}

async function measure({ name, bystander }: Attack, attack: number): Promise<void> {
  const rest = await watch(bystander, lasting);
  const began = await memory();
  const attacker = new Worker(new URL(import.meta.url), { workerData: { ...stage, attack } });
  await once(attacker, "message");
  await delay(500);
  const under = await watch(bystander, lasting);
  const memoryUnder = await memory();
  attacker.postMessage("end");
  const [tally]: Tally[] = await once(attacker, "message");
  await attacker.terminate();
  const times = (taken: number[]) =>
    [0.5, 0.95].map((part) => percentile(taken, part).toFixed(1)).join(" / ");
  const ratio = percentile(under.taken, 0.95) / percentile(rest.taken, 0.95);
  console.log(`${name}
  p50 / p95 at rest ${times(rest.taken)} ms, under attack ${times(under.taken)} ms: ${ratio.toFixed(2)} ×; refused ${under.refused} of ${under.taken.length}
  the attack's answers: ${words(tally ?? new Map())}; memory ${began} → ${memoryUnder} MB`);
  await delay(2_000);
}

/** Lets the bystander act again and again. */
async function watch(act: Act, milliseconds: number): Promise<{ taken: number[]; refused: number }> {
  const taken: number[] = [];
  let refused = 0;
  for (const until = performance.now() + milliseconds; performance.now() < until; await delay(pace)) {
    const from = performance.now();
    if ((await act()) !== 200) refused += 1;
    taken.push(performance.now() - from);
  }
  return { taken, refused };
}

async function inParallel(count: number, signal: AbortSignal, act: () => Promise<void>): Promise<void> {
  const work = async () => {
    while (!signal.aborted) await act();
  };
  await Promise.all(Array.from({ length: count }, work));
}

/** Opens 300 requests that never end, and looks how long the server holds each. */
async function hold(
  path: string,
  length: number,
  signal: AbortSignal,
  count: (what: string) => void,
): Promise<void> {
  const post = { path, length, headers: { origin: stage.url } };
  const sent = await Promise.all(Array.from({ length: 300 }, () => unfinishedPost(stage.url, post)));
  for (const { status } of sent) void status.then((one) => count(String(one)));
  for (const { closed } of sent) void closed.then((held) => count(`held ${Math.round(held / 1000)} s`));
  if (!signal.aborted) await new Promise((ended) => signal.addEventListener("abort", ended, { once: true }));
  await Promise.race([Promise.all(sent.map(({ closed }) => closed)), delay(40_000)]);
}

async function write({ id, headers }: Person): Promise<number> {
  const operations = [{ path: "users.update", input: { id, name: `Name ${randomUUID()}` } }];
  const { status } = await client.ask(`${stage.url}/api/trpc/push`, {
    method: "POST",
    headers: { ...headers, ...json, "x-tracer-user": id },
    body: JSON.stringify({ transactions: [{ id: randomUUID(), operations }] }),
  });
  return status;
}

async function load({ headers }: Person): Promise<number> {
  return (await client.ask(`${stage.url}/api/users?offset=-1`, { headers })).status;
}

async function signIn(email: string, password: string, from = randomAddress(), cookie = ""): Promise<number> {
  const body = JSON.stringify({ email, password });
  const url = `${stage.url}/api/auth/sign-in/email`;
  return (await fetchFrom(url, { method: "POST", from, headers: { ...json, cookie }, body })).status;
}

/** Signs a person in. Returns the cookie of the device. */
async function signedIn({ email }: Person): Promise<string> {
  const answer = await fetchFrom(`${stage.url}/api/auth/sign-in/email`, {
    method: "POST",
    from: "127.0.0.1",
    headers: json,
    body: JSON.stringify({ email, password: "correct horse" }),
  });
  return (
    answer.headers
      .getSetCookie()
      .map((line) => line.split(";", 1)[0])
      .find((line) => line?.includes("device")) ?? ""
  );
}

/** Guesses one account from 30 addresses, within a session, and with a made-up header. Prints how many got an answer. */
async function countGuesses(): Promise<void> {
  const device = await signedIn(victim);
  const addresses = Array.from({ length: 30 }, randomAddress);
  await tell("300 wrong passwords for one account from 30 addresses", 300, (n) =>
    signIn(victim.email, "wrong horse", addresses[n % 30]),
  );
  console.log(
    `  the owner on the known device meanwhile: ${await signIn(victim.email, "correct horse", randomAddress(), device)}`,
  );
  await tell("100 wrong passwords at /verify-password", 100, async () => {
    const { status } = await client.ask(`${stage.url}/api/auth/verify-password`, {
      method: "POST",
      headers: { ...eve.headers, ...json },
      body: JSON.stringify({ password: "wrong horse" }),
    });
    return status;
  });
  const from = randomAddress();
  await tell("100 sign-ins from one address, each with another x-tracer-client-ip", 100, async (n) => {
    const answer = await fetchFrom(`${stage.url}/api/auth/sign-in/email`, {
      method: "POST",
      from,
      headers: { ...json, "x-tracer-client-ip": `10.1.1.${n}` },
      body: JSON.stringify({ email: `${randomUUID()}@example.com`, password: "wrong horse" }),
    });
    return answer.status;
  });
}

async function tell(name: string, count: number, guess: (n: number) => Promise<number>): Promise<void> {
  const tally: Tally = new Map();
  const began = performance.now();
  for (let n = 0; n < count; n++) {
    const status = String(await guess(n));
    tally.set(status, (tally.get(status) ?? 0) + 1);
  }
  console.log(`${name}: ${words(tally)} in ${((performance.now() - began) / 1000).toFixed(1)} s`);
}

function words(tally: Tally): string {
  return [...tally]
    .sort()
    .map(([what, count]) => `${count} × ${what}`)
    .join(", ");
}

/** The memory of the web process, in MB. */
async function memory(): Promise<number> {
  const status = await readFile(`/proc/${stage.pid}/status`, "utf8");
  return Math.round(Number(status.match(/VmRSS:\s+(\d+)/)?.[1]) / 1024);
}
