import type { Client } from "pg";
import { type Child, nothing, now, numbers } from "./child.ts";
import { ONE_ROW, SHAPES } from "./latency.ts";
import { median, times } from "./statistics.ts";
import type { Line } from "./table.ts";

const TRANSACTIONS = 20_000;
const ROUNDS = 3;
let marker = 900_000_000;

/** How fast a backlog of small transactions is taken from the slot, while 1,000 shapes `where id = $1` have clients. */
export async function benchThroughput(
  sql: Client,
  url: string,
  server: Child,
  raw: Child,
  clients: Child,
): Promise<Line[]> {
  await clients.ask("start", { url, count: SHAPES, path: ONE_ROW }, nothing);
  const rounds = async (reader: Child, observer: Child, first: number, expected: unknown) => {
    const rates: number[] = [];
    for (let round = 0; round <= ROUNDS; round++) {
      const n = ++marker;
      await observer.ask("expect", observer === clients ? [n, 1] : n, nothing);
      // it reads nothing while the backlog grows
      reader.signal("SIGSTOP");
      await write(sql, first, n);
      const start = now();
      reader.signal("SIGCONT");
      const [end = 0] = await observer.ask("arrivals", expected, numbers);
      if (round > 0) rates.push((TRANSACTIONS / (end - start)) * 1_000_000);
    }
    return median(rates);
  };
  const limit = await rounds(raw, raw, 1, null);
  const hits = await rounds(server, clients, 1, null);
  const misses = await rounds(server, clients, SHAPES + 1, null);
  await clients.ask("idle", null, nothing);
  await clients.ask("stop", null, nothing);
  const rate = (value: number) => `${Math.round(value / 100) / 10} thousand/s`;
  return [
    { what: "transactions that a raw subscriber takes", value: rate(limit) },
    { what: "… the server, each for one of 1,000 live shapes", value: rate(hits), over: times(hits / limit) },
    {
      what: "… the server, all for rows that no shape shows",
      value: rate(misses),
      over: times(misses / limit),
    },
  ];
}

/** Transactions that change one row each, and a last one whose row a shape shows. */
async function write(sql: Client, first: number, n: number): Promise<void> {
  await sql.query(`DO $$ BEGIN FOR i IN 1..${TRANSACTIONS - 1} LOOP
    UPDATE items SET n = i WHERE id = ${first} + i % ${SHAPES}; COMMIT; END LOOP; END $$`);
  await sql.query(`UPDATE items SET n = ${n} WHERE id = 1`);
}

/** So many transactions, each for one of 1,000 shapes, until all have arrived. */
export async function pass(sql: Client, clients: Child, batches: number): Promise<void> {
  for (let i = 0; i < batches; i++) {
    const n = ++marker;
    await clients.ask("expect", [n, 1], nothing);
    await write(sql, 1, n);
    await clients.ask("arrivals", null, numbers);
  }
  await clients.ask("idle", null, nothing);
}

export const PASSED_AT_ONCE = TRANSACTIONS;
