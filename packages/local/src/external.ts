import { setTimeout as delay } from "node:timers/promises";
import { Client } from "pg";
import { StackError } from "./stack-error.ts";

/** The addresses of a Postgres and an Electric. An empty `sourceId` or `secret` means that Electric asks for none. */
export interface External {
  databaseUrl: string;
  electricUrl: string;
  sourceId: string;
  secret: string;
}

/**
 * Reads from the environment which services the stack uses in the place of its own.
 *
 * @returns undefined when the environment names none
 * @throws StackError when only one of the two addresses is set, or when an address is not a URL
 */
export function externalServices(env: NodeJS.ProcessEnv): External | undefined {
  const { DATABASE_URL: databaseUrl, ELECTRIC_URL: electricUrl } = env;
  if (!databaseUrl && !electricUrl) return;
  if (!databaseUrl || !electricUrl) {
    const [set, missing] = databaseUrl ? ["DATABASE_URL", "ELECTRIC_URL"] : ["ELECTRIC_URL", "DATABASE_URL"];
    throw new StackError(
      `${set} is set, but ${missing} is not.`,
      "Set both to use your own services, or neither to let the stack start its own.",
    );
  }
  requireUrl("DATABASE_URL", databaseUrl, ["postgres:", "postgresql:"]);
  requireUrl("ELECTRIC_URL", electricUrl, ["http:", "https:"]);
  return {
    databaseUrl,
    electricUrl: electricUrl.replace(/\/+$/, ""),
    sourceId: env.ELECTRIC_SOURCE_ID ?? "",
    secret: env.ELECTRIC_SECRET ?? "",
  };
}

function requireUrl(name: string, value: string, protocols: readonly string[]): void {
  // The message leaves the value out, because the value may contain a password.
  if (protocols.includes(URL.parse(value)?.protocol ?? "")) return;
  throw new StackError(
    `${name} is not a URL that begins with ${protocols.join("// or ")}//.`,
    `Correct ${name}.`,
  );
}

/** The address of Neon's own gateway for a database at Neon; undefined for any other database. */
export function neonGateway(databaseUrl: string): string | undefined {
  const { hostname } = new URL(databaseUrl);
  return hostname.endsWith(".neon.tech") ? `wss://${hostname}/v2` : undefined;
}

/**
 * The URL for migrations, which need one session from beginning to end. Neon's pooled host does not keep a session, and
 * the host without `-pooler` does.
 */
export function directUrl(databaseUrl: string): string {
  const url = new URL(databaseUrl);
  if (url.hostname.endsWith(".neon.tech")) url.hostname = url.hostname.replace(/^([^.]+)-pooler\./, "$1.");
  return url.href;
}

/**
 * Checks that a database answers and has the logical replication that Electric needs.
 *
 * @throws StackError when one of the two is missing
 */
export async function checkDatabase(databaseUrl: string): Promise<void> {
  const { host } = new URL(databaseUrl);
  const client = new Client({ connectionString: databaseUrl, connectionTimeoutMillis: 15_000 });
  client.on("error", () => {});
  try {
    await client.connect();
    const { rows } = await client.query<{ wal_level: string }>("show wal_level");
    if (rows[0]?.wal_level === "logical") return;
  } catch (cause) {
    throw new StackError(
      `The database of DATABASE_URL, at ${host}, does not answer: ${messageOf(cause)}`,
      "Check that the database runs and that user and password are right, or unset DATABASE_URL and ELECTRIC_URL.",
      { cause },
    );
  } finally {
    await client.end().catch(() => {});
  }
  throw new StackError(
    `The database at ${host} has no logical replication, which Electric needs.`,
    "Start the database with wal_level=logical. At Neon, turn on logical replication in the project's settings.",
  );
}

/**
 * Checks that Electric answers, and waits up to 30 s while Electric is starting.
 *
 * @throws StackError when Electric does not answer, or answers with a failure
 */
export async function checkElectric(electricUrl: string, signal?: AbortSignal): Promise<void> {
  const giveUp = Date.now() + 30_000;
  for (;;) {
    signal?.throwIfAborted();
    const answer = await askHealth(electricUrl);
    if (answer === "up") return;
    if (answer !== "starting" || Date.now() > giveUp) {
      throw new StackError(
        `Electric, at ${new URL(electricUrl).host}, is not up: ${answer}`,
        "Check that Electric runs and that ELECTRIC_URL is right, or unset DATABASE_URL and ELECTRIC_URL.",
      );
    }
    await delay(300);
  }
}

async function askHealth(electricUrl: string): Promise<string> {
  try {
    const response = await fetch(`${electricUrl}/v1/health`, { signal: AbortSignal.timeout(10_000) });
    const body = await response.text();
    if (response.status === 202 || response.status === 503) {
      return /starting|waiting/.test(body) ? "starting" : `it answered ${response.status}`;
    }
    // A hosted Electric may hide its health, so any answer below 500 counts as up.
    return response.status < 500 ? "up" : `it answered ${response.status}`;
  } catch (error) {
    return messageOf(error);
  }
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error && error.cause.message
    ? error.cause.message
    : error.message || error.name;
}
