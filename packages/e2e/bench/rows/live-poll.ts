import { setTimeout as delay } from "node:timers/promises";
import { HttpClient } from "../http-client.ts";
import type { Row } from "../row.ts";
import { upToDate, waysToRow } from "../site.ts";
import { median, percentile } from "../statistics.ts";

const rounds = 60;

/** From COMMIT to the whole answer of a live poll, through the app and from Electric itself, in turns. */
export const row: Row = {
  title: "Live poll",
  about: [
    "A live poll of one row: from COMMIT to the whole answer. The limit is the same poll sent to Electric",
    "itself.",
  ].join(" "),
  measure: async (site) => {
    const ways = await waysToRow(site);
    using client = new HttpClient(4);
    const taken = { app: [] as number[], limit: [] as number[] };
    for (let round = 0; round < rounds; round++) {
      for (const name of ["limit", "app"] as const) {
        const query = await upToDate(ways[name], client);
        const poll = ways[name].ask(client, `${query}&live=true`);
        await delay(20);
        await site.sql.query('update "user" set updated_at = clock_timestamp() where id = $1', [ways.id]);
        const committed = performance.now();
        await poll;
        taken[name].push(performance.now() - committed);
      }
    }
    return [
      {
        ...{ what: "COMMIT to answer, p50", unit: "ms", aimed: "ratio", aim: "≤ 1.2" },
        ...{ app: median(taken.app), limit: median(taken.limit) },
      },
      {
        ...{ what: "COMMIT to answer, p99", unit: "ms", aimed: "ratio", aim: "" },
        ...{ app: percentile(taken.app, 0.99), limit: percentile(taken.limit, 0.99) },
      },
    ];
  },
};
