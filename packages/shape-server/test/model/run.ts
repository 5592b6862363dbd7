import { Client, escapeIdentifier } from "pg";
import { textSettings } from "../../src/postgres/text-format.ts";
import type { Plan } from "./plan.ts";
import { Progress } from "./progress.ts";
import { Reader, type ShapePlan } from "./reader.ts";
import { createTable, LARGE, LARGE_MARK, type Table } from "./tables.ts";
import type { Transaction } from "./workload.ts";

export interface Place {
  databaseUrl: string;
  url: string;
  /** Ends the server without warning and starts it again; absent when this run does without. */
  restart?: () => Promise<void>;
}

const PAUSE_MS = 15;
const SETTLE_MS = 30_000;

let runs = 0;

/**
 * Does what a plan says in tables of its own, and gives everything that was wrong: answers against the protocol, and views
 * that differ from what Postgres selects in the end.
 */
export async function runPlan(template: Plan, place: Place): Promise<string[]> {
  const run = String(++runs);
  const text = JSON.stringify(template).replaceAll("@", run).replaceAll(LARGE_MARK, LARGE);
  const plan: Plan = JSON.parse(text);
  const admin = new Client({ connectionString: place.databaseUrl });
  await admin.connect();
  await admin.query(textSettings);
  for (const table of plan.tables) await admin.query(createTable(table));
  await admin.query(`CREATE TABLE done${run} (id int4 PRIMARY KEY)`);

  const progress = new Progress();
  const patient = place.restart !== undefined;
  const readerFor = (shape: ShapePlan, readerPlan: Plan["readers"][number]) =>
    new Reader({ plan: readerPlan, shape, url: () => place.url, progress, patient });
  const readers = plan.readers.map((each) => {
    const shape = plan.shapes[each.shape % plan.shapes.length];
    if (!shape) throw new Error("a plan without shapes");
    return readerFor(shape, each);
  });
  // tells that everything before has been taken in: the stream has one order
  const stays = { shape: 0, joins: 0, leaves: null, streams: [false], breaks: [false] };
  const whole = { columns: null, condition: null, replica: "default", moves: false } as const;
  const marker = readerFor({ table: `done${run}`, ...whole }, stays);
  try {
    await marker.catchUp();
    const running = readers.map((reader) => reader.run());
    const kills = killAt(plan.kills, progress, place.restart);
    await Promise.all(plan.writers.map((list) => write(place.databaseUrl, list, progress)));
    await kills;
    await admin.query(`INSERT INTO done${run} VALUES (1)`);
    for (const reader of readers) reader.stop();
    await Promise.all(running);
    const deadline = Date.now() + SETTLE_MS;
    while (marker.view.rows.size === 0 && Date.now() < deadline) await marker.catchUp();
    if (marker.view.rows.size === 0) return ["I-4: the last change never came"];
    const wrong: string[] = [];
    for (const reader of readers) {
      const table = plan.tables.find((each) => escapeIdentifier(each.name) === reader.shape.table);
      if (table) wrong.push(...(await judge(admin, reader, table)));
    }
    return [...new Set([...wrong, ...marker.view.violations])];
  } finally {
    for (const reader of readers) reader.stop();
    for (const table of plan.tables) await admin.query(`DROP TABLE ${escapeIdentifier(table.name)}`);
    await admin.end();
  }
}

async function killAt(counts: number[], progress: Progress, restart: Place["restart"]): Promise<void> {
  for (const count of [...counts].sort((a, b) => a - b)) {
    await progress.reached(count);
    await restart?.();
  }
}

/** Runs transactions one after the other. What fails is rolled back, as with any client. */
async function write(databaseUrl: string, transactions: Transaction[], progress: Progress): Promise<void> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query("SET deadlock_timeout = '20ms'; SET lock_timeout = '5s'");
  for (const { statements, end, pause } of transactions) {
    await client.query("BEGIN");
    try {
      for (const statement of statements) await client.query(statement);
      await client.query(end);
    } catch {
      await client.query("ROLLBACK");
    }
    progress.advance();
    if (pause) await progress.nextAnswer(PAUSE_MS);
  }
  await client.end();
}

/** What a reader was told wrong, and how its view differs from the database when it has read everything. */
async function judge(admin: Client, reader: Reader, table: Table): Promise<string[]> {
  const wrong = [...reader.view.violations];
  if (reader.left || wrong.length > 0) return wrong;
  const expected = await select(admin, reader.shape, table);
  const deadline = Date.now() + (reader.shape.moves ? SETTLE_MS : 0);
  let seen: string[];
  do {
    await reader.catchUp();
    seen = shown(reader, table);
  } while (seen.join() !== expected.join() && Date.now() < deadline);
  if (seen.join() === expected.join()) return reader.view.violations;
  const shape = JSON.stringify(reader.shape);
  return [`I-4: ${shape} shows\n  ${seen.join("\n  ")}\nbut is\n  ${expected.join("\n  ")}`];
}

function shown(reader: Reader, table: Table): string[] {
  const rows = [...reader.view.rows.values()].map(({ value }) => value);
  return rows.map((row) => asText(row, table)).sort();
}

/** The rows of a shape as Postgres has them, as JSON texts in order. */
async function select(admin: Client, shape: ShapePlan, table: Table): Promise<string[]> {
  const columns = shape.columns ?? table.columns.map((column) => escapeIdentifier(column.name));
  const { where = "true", params = [] } = shape.condition ?? {};
  const { rows } = await admin.query<Record<string, string | null>>({
    text: `SELECT ${columns.join(", ")} FROM ${shape.table} WHERE ${where}`,
    values: params,
    types: { getTypeParser: () => (value: string) => value },
  });
  return rows.map((row) => asText(row, table)).sort();
}

function asText(row: Record<string, string | null>, table: Table): string {
  const entries = Object.entries(row).map(([name, value]) => {
    const column = table.columns.find((each) => each.name === name);
    // printed `true` in snapshots and `t` in the log, as Electric does
    return [name, column?.type === "boolean" && value !== null ? value.slice(0, 1) : value] as const;
  });
  return JSON.stringify(Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1))));
}
