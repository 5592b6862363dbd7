import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { quietPort } from "@tracer/local/ports";
import { type Stack, startStack } from "@tracer/local/stack";
import { startWeb } from "@tracer/local/web";
import pg from "pg";
import { signUpAt } from "../src/person.ts";
import { startGatewayProcess } from "./gateway.ts";
import type { Answer, HttpClient } from "./http-client.ts";
import { inspect } from "./inspector.ts";
import { showProblems } from "./problems.ts";

/**
 * Starts the production build on a stack, in processes of their own. With `DATABASE_URL` and `ELECTRIC_URL` set, the
 * stack is that of the environment.
 */
export async function openSite() {
  await using opened = new AsyncDisposableStack();
  const dataDir = await mkdtemp(join(tmpdir(), "tracer-bench-"));
  opened.defer(() => rm(dataDir, { recursive: true, force: true }));
  const stack = opened.use(await startStack({ dataDir, fsync: false }));
  const port = await quietPort();
  const url = `http://localhost:${port}`;
  const debugPort = await quietPort();
  // A stack that runs elsewhere has a gateway of its own.
  const gateway = stack.own ? opened.use(await startGatewayProcess(stack)) : undefined;
  const links = gateway?.through(stack.links(url)) ?? stack.links(url);
  const env = { ...links, NODE_OPTIONS: `--inspect-port=127.0.0.1:${debugPort}` };
  const web = await startWeb({ mode: "built", port, https: false, env, show: showProblems });
  opened.defer(() => web.stop());
  const pid = web.process.pid ?? 0;
  const sql = new pg.Client({ connectionString: stack.databaseUrl });
  await sql.connect();
  opened.defer(() => sql.end());
  const closing = opened.move();
  return {
    url,
    stack,
    sql,
    pid,
    /** Opens the debugger of the web process. */
    inspect: () => inspect(pid, debugPort),
    signUp: () => signUpAt({ url }),
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  };
}

export type Site = Awaited<ReturnType<typeof openSite>>;

/** A way to the shape of one person's row. */
export interface Way {
  /** Sends a request for a part of the shape. `query` is such as `offset=-1`. */
  ask: (client: HttpClient, query: string) => Promise<Answer>;
}

/**
 * Makes the ways to the row of a new person: through the app, and to Electric itself with the same shape. `at` makes a way
 * to the same shape at another address, such as that of a relay before Electric.
 */
export async function waysToRow({ url, stack, signUp }: Site) {
  const { id, headers } = await signUp();
  const definition = shapeOfRow(stack, id);
  const own = { ...headers, "x-tracer-user": id };
  const at = (host: string): Way => ({
    ask: (client, query) => client.ask(`${host}/v1/shape?${definition}&${query}`, { again: true }),
  });
  const app: Way = { ask: (client, query) => client.ask(`${url}/api/users?${query}`, { headers: own }) };
  return { id, app, limit: at(stack.electricUrl), at };
}

/** Makes the ways to the rows of so many new people, one after the other: hashing a password keeps a processor busy. */
export async function waysToRows(site: Site, people: number) {
  const ways: Awaited<ReturnType<typeof waysToRow>>[] = [];
  while (ways.length < people) ways.push(await waysToRow(site));
  return ways;
}

/** Returns the query with which Electric is asked for a person's row, as the app's server asks. */
export function shapeOfRow(
  { electricSecret: secret }: Pick<Stack, "electricSecret">,
  id: string,
): URLSearchParams {
  const columns = '"id","name","email","email_verified","image","created_at","updated_at"';
  const shape = { table: '"user"', where: '"id" = $1', "params[1]": id, columns };
  return new URLSearchParams({ ...shape, ...(secret && { secret }) });
}

/** Reads a shape to its end. Gives the query of the next request. */
export async function upToDate({ ask }: Way, client: HttpClient, from = "offset=-1"): Promise<string> {
  const answer = await ask(client, from);
  if (answer.status !== 200) throw new Error(`${answer.status}: ${answer.body}`);
  const next = after(answer);
  return answer.headers["electric-up-to-date"] === undefined ? upToDate({ ask }, client, next) : next;
}

/** Returns the query of the request that follows an answer. */
export function after({ headers }: Answer): string {
  const { "electric-offset": offset, "electric-handle": handle } = headers;
  return new URLSearchParams({ offset: String(offset), handle: String(handle) }).toString();
}
