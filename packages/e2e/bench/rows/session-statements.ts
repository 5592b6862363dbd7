import { setTimeout as delay } from "node:timers/promises";
import { HttpClient } from "../http-client.ts";
import type { Row } from "../row.ts";
import { type Site, upToDate, waysToRows } from "../site.ts";

const people = 20;
/** Longer than the server trusts what it remembers of a session, in milliseconds. */
const idleTime = 11_000;

/** What polls cost Postgres: of people who poll all the time, and of people who come back after a while. */
export const row: Row = {
  title: "SQL statements for a poll",
  about: [
    "How many SQL statements the check of the session costs for a poll. The server remembers a session",
    "for some seconds: a person who polls on meets that memory, and a person who comes back later does",
    "not.",
  ].join(" "),
  measure: async (site) => {
    using client = new HttpClient(4);
    const ways = await waysToRows(site, people);
    const queries = new Map<number, string>();
    for (const [index, { app }] of ways.entries()) queries.set(index, await upToDate(app, client));
    const poll = async () => {
      for (const [index, { app }] of ways.entries()) await app.ask(client, queries.get(index) ?? "");
    };
    // Postgres publishes the counts of a backend only when the backend has been idle for ten seconds.
    await delay(idleTime);
    const start = await transactions(site);
    await delay(idleTime);
    const before = await transactions(site);
    // What the stack asks Postgres in the same time without any poll.
    const background = before - start;
    await poll();
    await delay(idleTime);
    const idle = await transactions(site);
    await poll();
    await poll();
    await poll();
    await delay(idleTime);
    const after = await transactions(site);
    const ofIdle = Math.max(0, idle - before - background);
    return [
      {
        ...{ what: "people who come back", unit: "statements", aimed: "app", aim: "≤ 0.1" },
        app: ofIdle / people,
      },
      {
        ...{ what: "people who poll on", unit: "statements", aimed: "app", aim: "0" },
        // The first of the three polls comes back after a while too.
        app: Math.max(0, after - idle - background - ofIdle) / (2 * people),
      },
    ];
  },
};

/** Counts the transactions so far, without those of this function. */
async function transactions({ sql }: Site): Promise<number> {
  const { rows } = await sql.query(
    "select pg_stat_force_next_flush(), sum(xact_commit + xact_rollback) as n from pg_stat_database where datname = current_database()",
  );
  return Number(rows[0].n) - 1;
}
