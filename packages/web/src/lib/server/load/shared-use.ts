import "@tanstack/react-start/server-only";
import { rateLimit } from "@tracer/core/auth/auth.sql";
import { db } from "@tracer/core/drizzle/database";
import { sql } from "drizzle-orm";
import { type Limited, Overload } from "~/lib/server/load/overload";
import { type Rate, takeOne } from "~/lib/server/load/take-one";
import { logFailure } from "~/lib/server/log-failure";

interface Use {
  /** When nothing of the user's requests counts any more, as `performance.now()` tells the time. */
  until: number;
  /** The part of `until` that the other processes do not know yet, in milliseconds. */
  untold: number;
}

/** How often a process tells the others about its busy users, in milliseconds. */
const tellInterval = 5_000;

/** A user counts as busy who has used up this part of what a user may use. */
const busyPart = 0.1;

/**
 * Counts the requests of users in memory, and tells the other processes through Postgres what busy users have used. So a
 * request costs no SQL statement, and a user who asks all processes at once gets little more than from one.
 *
 * The times are those of `performance.now()`: a machine's clock that is set back by an hour must refuse nobody for an hour.
 */
export class SharedUse {
  readonly #limited: Limited;
  readonly #rate: Rate;
  readonly #uses = new Map<string, Use>();
  #telling: ReturnType<typeof setTimeout> | undefined;

  /** @param limited what is counted, for the refusal and for the key in the database */
  constructor(limited: Limited, rate: Rate) {
    this.#limited = limited;
    this.#rate = rate;
  }

  /**
   * Counts one request of a user.
   *
   * @throws Overload when the user has used up their requests
   */
  count(userId: string): void {
    const { comesBack } = this.#rate;
    const use = this.#uses.get(userId) ?? { until: 0, untold: 0 };
    const until = takeOne(use.until, this.#rate);
    if (until === undefined)
      throw new Overload(this.#limited, "client", Math.max(1, Math.ceil(comesBack / 1000)));
    use.until = until;
    use.untold += comesBack;
    this.#uses.set(userId, use);
    if (this.#telling) return;
    this.#telling = setTimeout(() => void this.tell(), tellInterval);
    this.#telling.unref();
  }

  /** Tells the other processes what busy users have used, and learns what they used elsewhere. Never rejects. */
  async tell(): Promise<void> {
    clearTimeout(this.#telling);
    this.#telling = undefined;
    const now = performance.now();
    for (const [userId, { until }] of this.#uses) if (until <= now) this.#uses.delete(userId);
    const least = now + this.#rate.attempts * this.#rate.comesBack * busyPart;
    const busy = [...this.#uses].filter(([, { until, untold }]) => until > least && untold > 0);
    if (busy.length === 0) return;
    const told = busy.map(([userId, use]) => {
      const { untold } = use;
      use.untold = 0;
      return { key: this.#keyOf(userId), untold };
    });
    try {
      const known = await add(told);
      for (const [userId, use] of busy)
        use.until = Math.max(use.until, performance.now() + (known.get(this.#keyOf(userId)) ?? 0));
    } catch (error) {
      logFailure("the use of busy users could not be shared", error);
    }
  }

  #keyOf(userId: string): string {
    return `${this.#limited}:${userId}`;
  }
}

/** Adds to what users have used. Returns what all processes together have counted, in milliseconds, by key. */
async function add(told: readonly { key: string; untold: number }[]): Promise<Map<string, number>> {
  const { rows } = await db.execute<{ key: string; left: string }>(sql`
    with told as (select * from jsonb_to_recordset(${JSON.stringify(told)}::jsonb) as told (key text, untold bigint)),
      clock as (select (extract(epoch from clock_timestamp()) * 1000)::bigint as now)
    insert into ${rateLimit} as held (id, key, count, last_request)
    select gen_random_uuid()::text, key, 1, now + untold from told, clock order by key
    on conflict (key) do update set
      count = held.count + 1,
      last_request = greatest(held.last_request, (select now from clock))
        + (select untold from told where told.key = excluded.key)
    returning key, last_request - (select now from clock) as "left"`);
  return new Map(rows.map(({ key, left }) => [key, Number(left)]));
}
