import type { Client } from "pg";
import { type Child, nothing, numbers } from "./child.ts";
import { ONE_ROW } from "./latency.ts";
import { kB, MB } from "./statistics.ts";
import type { Line } from "./table.ts";
import { PASSED_AT_ONCE, pass } from "./throughput.ts";

const COUNT = 1_000;

/** What a shape and a waiting client take, and whether memory stays where it is. The server must be a fresh one. */
export async function benchMemory(sql: Client, url: string, server: Child, clients: Child): Promise<Line[]> {
  const look = async () => {
    const [used = 0, rss = 0] = await server.ask("memory", null, numbers);
    return { used, rss };
  };
  // code and caches are there before anything is counted
  await create(url, 100_000, 200);
  const base = await look();
  await create(url, 0, COUNT);
  const shapes = await look();
  await clients.ask("start", { url, count: COUNT, path: ONE_ROW }, nothing);
  const waiting = await look();
  await pass(sql, clients, 100_000 / PASSED_AT_ONCE);
  const before = await look();
  await pass(sql, clients, 100_000 / PASSED_AT_ONCE);
  const after = await look();
  await clients.ask("stop", null, nothing);
  const each = (more: number, what: string, from: typeof base): Line => ({
    what,
    value: `${kB((more - from.used) / COUNT)}`,
    aim: "≤ 20 KB",
  });
  return [
    each(shapes.used, "heap and buffers of an idle shape", base),
    each(waiting.used, "heap and buffers of a waiting client", shapes),
    { what: "resident memory with 1,200 shapes and 1,000 clients", value: MB(waiting.rss) },
    {
      what: "heap and buffers of all of them, after 100,000 and 200,000 transactions",
      value: `${MB(before.used - base.used)}, ${MB(after.used - base.used)}`,
      aim: "flat",
    },
    { what: "resident memory after these", value: `${MB(before.rss)}, ${MB(after.rss)}` },
  ];
}

/** Makes shapes of one row each, whose numbers follow on `first`. */
async function create(url: string, first: number, count: number): Promise<void> {
  let next = first;
  const work = async () => {
    while (next < first + count) {
      const answer = await fetch(`${url}${ONE_ROW.replaceAll("#", String(++next))}&offset=-1`);
      if (answer.status !== 200) throw new Error(await answer.text());
      await answer.arrayBuffer();
    }
  };
  await Promise.all(Array.from({ length: 8 }, work));
}
