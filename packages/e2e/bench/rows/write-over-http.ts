import { randomUUID } from "node:crypto";
import { HttpClient, repeat } from "../http-client.ts";
import { pusherFor } from "../push.ts";
import type { Row } from "../row.ts";
import { median, percentile } from "../statistics.ts";

const rounds = 5;
const writes = 100;

/** An edit, pushed as the outbox pushes it, against the bare statement on a connection to Postgres. */
export const row: Row = {
  title: "Write over HTTP",
  about: [
    "An edit of one row, pushed as a page's outbox pushes edits, one after the other. The limit is the",
    "bare statement on a connection to Postgres.",
  ].join(" "),
  measure: async (site) => {
    const { sql, signUp } = site;
    const person = await signUp();
    using client = new HttpClient(1);
    const push = pusherFor(site, person, client);
    const update = async () => {
      await sql.query('update "user" set name = $1, updated_at = clock_timestamp() where id = $2', [
        `Ada ${randomUUID()}`,
        person.id,
      ]);
    };
    const taken = { app: [] as number[][], limit: [] as number[][] };
    for (let round = 0; round <= rounds; round++) {
      const load = { count: writes, atOnce: 1 };
      const limit = (await repeat(load, update)).taken;
      const app = (await repeat(load, push)).taken;
      // The first round warms up.
      if (round === 0) continue;
      taken.limit.push(limit);
      taken.app.push(app);
    }
    const of = (name: "app" | "limit", part: number) =>
      median(taken[name].map((values) => percentile(values, part)));
    return [
      {
        ...{ what: "request to answer, p50", unit: "ms", aimed: "app", aim: "≤ 5" },
        ...{ app: of("app", 0.5), limit: of("limit", 0.5) },
      },
      {
        ...{ what: "request to answer, p95", unit: "ms", aimed: "app", aim: "" },
        ...{ app: of("app", 0.95), limit: of("limit", 0.95) },
      },
    ];
  },
};
