import type { Client } from "pg";
import { type Child, nothing, now, numbers } from "./child.ts";
import { median, ms, percentile, times } from "./statistics.ts";
import type { Line } from "./table.ts";

export const SHAPES = 1_000;
const CHANGES = 300;
const CHANGES_TO_ALL = 20;

export const ONE_ROW = "/v1/shape?table=items&where=id%20%3D%20%241&params%5B1%5D=#";
const ONE_SHAPE = "/v1/shape?table=items&where=id%20%3D%201";

/** Numbers that no other change has. */
let change = 1_000_000;

/** From COMMIT to the arrival at a client, over the time until a raw subscriber sees the change. */
export async function benchLatency(sql: Client, url: string, raw: Child, clients: Child): Promise<Line[]> {
  const measure = async (
    clientCount: number,
    path: string,
    rows: number,
    changes: number,
    reached: number,
  ) => {
    await clients.ask("start", { url, count: clientCount, path }, nothing);
    const seen: number[] = [];
    const limit: number[] = [];
    for (let i = 0; i < changes + 20; i++) {
      const n = ++change;
      await raw.ask("expect", n, nothing);
      await clients.ask("expect", [n, reached], nothing);
      await sql.query(`BEGIN; UPDATE items SET n = ${n} WHERE id = ${1 + ((i * 7) % rows)}`);
      const start = now();
      await sql.query("COMMIT");
      const [first = 0] = await raw.ask("arrivals", null, numbers);
      const arrivals = await clients.ask("arrivals", null, numbers);
      await clients.ask("idle", null, nothing);
      // the first ones warm up
      if (i < 20) continue;
      limit.push(first - start);
      seen.push(...arrivals.map((arrival) => arrival - start));
    }
    await clients.ask("stop", null, nothing);
    return { seen, limit };
  };
  const one = await measure(1, ONE_SHAPE, 1, CHANGES, 1);
  const many = await measure(SHAPES, ONE_ROW, SHAPES, CHANGES, 1);
  const all = await measure(SHAPES, ONE_SHAPE, 1, CHANGES_TO_ALL, SHAPES);
  const line = (what: string, { seen, limit }: typeof one, aim?: string): Line => ({
    what,
    value: `p50 ${ms(median(seen))}, p99 ${ms(percentile(seen, 0.99))}`,
    over: times(median(seen) / median(limit)),
    ...(aim ? { aim } : {}),
  });
  const shapes = median(many.seen) / median(one.seen);
  return [
    {
      what: "COMMIT to a raw subscriber",
      value: `p50 ${ms(median(one.limit))}, p99 ${ms(percentile(one.limit, 0.99))}`,
    },
    line("COMMIT to 1 client of 1 shape", one),
    line("COMMIT to 1 of 1,000 clients of 1,000 shapes", many),
    { what: "  1,000 shapes over 1 shape", value: times(shapes), aim: "≤ 2 ×" },
    line("COMMIT to each of 1,000 clients of 1 shape", all),
  ];
}
