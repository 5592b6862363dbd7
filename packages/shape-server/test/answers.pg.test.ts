import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { serverUnderTest } from "./fuzz/server-under-test.ts";

// The settings that Electric's own tests run with: short lives in caches, and short answers.

const chunkBytes = 10_000;
let under: Awaited<ReturnType<typeof serverUnderTest>>;

beforeAll(async () => {
  under = await serverUnderTest(inject("postgresUrl"), {
    cacheMaxAge: 1,
    cacheStaleAge: 3,
    chunkBytes,
    longPollTimeout: 500,
  });
  await under.sql.query("CREATE TABLE long (id int4 PRIMARY KEY, note text)");
  await under.sql.query("INSERT INTO long SELECT i, repeat('x', 900) FROM generate_series(1, 100) i");
});

afterAll(async () => {
  await under?.[Symbol.asyncDispose]();
});

interface Answer {
  readonly caching: string | null;
  readonly place: { readonly handle: string; readonly offset: string };
  readonly upToDate: boolean;
  readonly bytes: number;
  readonly ids: string[];
}

async function ask(query: Record<string, string>): Promise<Answer> {
  const answer = await fetch(
    `${under.server.url}/v1/shape?${new URLSearchParams({ table: "long", ...query })}`,
  );
  const text = await answer.text();
  expect(answer.status).toBe(200);
  const messages: { value?: { id: string } }[] = JSON.parse(text);
  return {
    caching: answer.headers.get("cache-control"),
    place: {
      handle: answer.headers.get("electric-handle") ?? "",
      offset: answer.headers.get("electric-offset") ?? "",
    },
    upToDate: answer.headers.has("electric-up-to-date"),
    bytes: text.length,
    ids: messages.flatMap(({ value }) => (value ? [value.id] : [])),
  };
}

/** Every answer from a place to the end of the log. */
async function readOn(from: { offset: string; handle?: string }): Promise<Answer[]> {
  const answers = [await ask(from)];
  for (let last = answers.at(-1); last && !last.upToDate; last = answers.at(-1))
    answers.push(await ask(last.place));
  return answers;
}

const numbers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => String(from + i));

test("a snapshot and the log come in answers that end with the message that fills them", async () => {
  const snapshot = await readOn({ offset: "-1" });
  const place = snapshot.at(-1)?.place;
  if (!place) throw new Error("no answer");
  await under.sql.query("INSERT INTO long SELECT i, repeat('y', 900) FROM generate_series(101, 200) i");
  await ask({ ...place, live: "true" });
  const changes = await readOn(place);
  for (const [answers, ids] of [
    [snapshot, numbers(1, 100)],
    [changes, numbers(101, 200)],
  ] as const) {
    expect(answers.flatMap((answer) => answer.ids)).toEqual(ids);
    expect(answers.length).toBeGreaterThan(9);
    for (const { bytes } of answers) expect(bytes).toBeLessThan(chunkBytes + 1_500);
  }
  // A page of the log ends at the same place for every client.
  expect((await readOn(place)).map((answer) => answer.place)).toEqual(changes.map((answer) => answer.place));
});

test("caches keep an answer for the time that is set, except for the first page and live answers", async () => {
  const [first, second] = await readOn({ offset: "-1" });
  const last = (await readOn({ offset: "-1" })).at(-1);
  expect(first?.caching).toBe("public, max-age=604800, s-maxage=3600, stale-while-revalidate=2629746");
  expect(second?.caching).toBe("public, max-age=1, stale-while-revalidate=3");
  expect(last?.caching).toBe("public, max-age=1, stale-while-revalidate=3");
  const live = await ask({ ...last?.place, live: "true" });
  expect(live.caching).toBe("public, max-age=5, stale-while-revalidate=5");
});
