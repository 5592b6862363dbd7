import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { type App, startApp } from "@tracer/local/app";
import * as fc from "fast-check";
import pg from "pg";
import { logLines } from "../log-lines.ts";
import { type Person, signUpAt } from "../person.ts";
import { faultOf } from "./judge.ts";
import { type Claim, type FuzzRequest, fuzzRequest, victimWord } from "./requests.ts";
import { send } from "./send.ts";

/** FUZZ_SEED repeats a run. */
const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 31);

/** How many requests go out at once at most. */
const atOnce = 16;

/** An attacker may end the session that makes the requests worth sending, and then signs up again. */
const requestsPerAttacker = 500;

/** Puts the people of this run in the place of the words of a request. */
function inPlace(request: FuzzRequest, url: string, attacker: Person, victim: Person): FuzzRequest {
  const put = (text: string) =>
    text.replaceAll(victimWord, victim.id).replaceAll("ATTACKER", attacker.id).replaceAll("OWN", url);
  const [token = "", copy = ""] = ["session_token", "session_data"].map(
    (name) => attacker.headers.cookie.split("; ").find((cookie) => cookie.includes(name)) ?? "",
  );
  const victims = victim.headers.cookie.split("; ").find((cookie) => cookie.includes("session_token")) ?? "";
  const cookies: Record<Claim, string> = {
    stranger: "",
    attacker: attacker.headers.cookie,
    // The copy of the session that the attacker holds, beside somebody else's unsigned token.
    forged: `${victims.replace(/(\.|%2E)[^.]*$/i, ".AAAA")}; ${copy}`,
    unsigned: victims.replace(/(\.|%2E)[^.]*$/i, ""),
    garbled: `${token.slice(0, -4)}%%%; ${copy.slice(0, -9)}; =; a`,
  };
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, put(value)]),
  );
  const cookie = cookies[request.claim];
  return {
    ...request,
    target: put(request.target),
    body: put(request.body),
    headers: cookie === "" ? headers : { ...headers, cookie },
  };
}

/** What an answer must not hold, by words for it. A secret that is not set is none. */
function secretsOf({ url, stack }: App): Record<string, string> {
  const secrets = {
    "a row of another": "canary of the row",
    "the secret of Electric": stack.electricSecret,
    "the address of the database": stack.databaseUrl,
    "the secret of the sessions": JSON.parse(stack.links(url).SST_RESOURCE_AuthSecret ?? "{}").value,
  };
  return Object.fromEntries(Object.entries(secrets).filter(([, text]) => text));
}

/**
 * Defines the test that random requests do no harm.
 *
 * @param total how many requests to send
 */
export function testRequests(total: number): void {
  test(`${total.toLocaleString("en")} random requests get no failure, no row of another and no secret`, async () => {
    test.setTimeout(60_000 + total * 20);
    await sendRequests(total);
  });
}

async function sendRequests(total: number): Promise<void> {
  await using opened = new AsyncDisposableStack();
  const dataDir = await mkdtemp(join(tmpdir(), "tracer-e2e-fuzz-"));
  opened.defer(() => rm(dataDir, { recursive: true, force: true }));
  const log = logLines();
  const app = opened.use(await startApp({ mode: "built", dataDir, fsync: false, report: log.report }));
  const sql = new pg.Client({ connectionString: app.stack.databaseUrl });
  await sql.connect();
  opened.defer(() => sql.end());

  const victim = await signUpAt(app);
  await sql.query(`update "user" set name = 'canary of the row' where id = $1`, [victim.id]);
  const rows = async () =>
    (
      await sql.query(
        `select u.*, a.password, s.token from "user" u join account a on a.user_id = u.id
       join session s on s.user_id = u.id where u.id = $1`,
        [victim.id],
      )
    ).rows;
  const [before] = await rows();
  const known = {
    "an address of another": victim.email,
    "a session of another": before.token,
    "the hash of a password": before.password,
    ...secretsOf(app),
  };

  let sent = 0;
  let attacker = await signUpAt(app);
  let signedUpAt = 0;
  const statuses = new Map<number | string, number>();
  const started = performance.now();
  const { pid } = app.webProcess() ?? {};
  console.log(`fuzz: FUZZ_SEED=${seed} repeats this run`);
  const property = fc.asyncProperty(
    fc.array(fuzzRequest, { minLength: 1, maxLength: atOnce, size: "max" }),
    async (requests) => {
      if (sent - signedUpAt > requestsPerAttacker) {
        signedUpAt = sent;
        attacker = await signUpAt(app);
      }
      sent += requests.length;
      const faults = await Promise.all(
        requests.map(async (request) => {
          const answer = await send(app.url, inPlace(request, app.url, attacker, victim));
          statuses.set(answer.status ?? "closed", (statuses.get(answer.status ?? "closed") ?? 0) + 1);
          return faultOf(answer, known);
        }),
      );
      const fault = faults.find((one) => one !== undefined);
      if (fault) throw new Error(fault);
    },
  );
  // A run of the property holds half of `atOnce` requests on average.
  while (sent < total) {
    const numRuns = Math.min(500, Math.ceil((total - sent) / (atOnce / 2)));
    await fc.assert(property, { seed: seed + sent, numRuns, endOnFailure: false });
  }
  const seconds = (performance.now() - started) / 1000;
  console.log(`fuzz: ${sent} requests in ${seconds.toFixed(1)} s`, Object.fromEntries(statuses));
  expect(app.webProcess()?.pid, "the process that answers").toBe(pid);

  expect(await rows(), "the row, the password and the session of another").toEqual([before]);
  const written = log.text();
  expect(written).not.toMatch(/"level":"error"|"stack"|^ +at /m);
  for (const [what, text] of Object.entries(known)) expect(written.includes(text), what).toBe(false);
  const own = await fetch(`${app.url}/api/users?offset=-1`, { headers: victim.headers });
  expect([own.status, await own.text()]).toEqual([200, expect.stringContaining("canary of the row")]);
}
