import { isDeepStrictEqual } from "node:util";
import { ELECTRIC_PROTOCOL_QUERY_PARAMS, Shape, ShapeStream, snakeCamelMapper } from "@electric-sql/client";
import { getTableColumns, getTableName } from "drizzle-orm";
import fc from "fast-check";
import { expect, vi } from "vitest";
import { columnParsers } from "~/lib/sync/column-parsers";
import { expectColumns, expectNothingOf, hiddenColumns, idsOf, wireColumns } from "./answers";
import {
  askOverLine,
  askShape,
  type Bench,
  type Change,
  confirms,
  definitionOf,
  follow,
  type Position,
  type ShapeRoute,
} from "./bench";
import { expectUncacheable } from "./call";
import type { Row, World } from "./world";

type Rule = (bench: Bench, shape: ShapeRoute) => Promise<void>;

/** The rules for every shape route. A rule throws with the path of a route that breaks the rule. */
export const shapeRules = {
  "has a rule for reading and one for writing": async (_, { path, policy }) => {
    const { readable, writable } = policy.access ?? {};
    expect([typeof readable, typeof writable], `${path}: it needs an access rule`).toEqual([
      "function",
      "function",
    ]);
  },

  "answers 401 without a session, and asks the sync service nothing": async (bench, shape) => {
    const before = bench.tap.asked.length;
    const strangers: HeadersInit[] = [
      {},
      { cookie: "better-auth.session_token=made.up" },
      { authorization: "Bearer x" },
    ];
    for (const headers of strangers) {
      const answer = await askShape(bench, shape, "offset=-1", headers);
      expect(answer.status, `${shape.path}: without a session`).toBe(401);
    }
    expect(bench.tap.asked.length, `${shape.path}: asked without a session`).toBe(before);
  },

  "asks for the same shape whatever a client sends": async (bench, shape) => {
    const { person } = bench.ada;
    const own = new Set(["authorization", "content-type", "x-user-id", "x-forwarded-for", "referer"]);
    const name = fc.oneof(
      fc.constantFrom("table", "where", "columns", "queryable_columns", "params[1]", "params", "replica"),
      fc.constantFrom("secret", "api_secret", "source_id", "TABLE", "table[]", "userId", "user_id", "id"),
      fc.constantFrom(...ELECTRIC_PROTOCOL_QUERY_PARAMS, ...Object.keys(getTableColumns(shape.policy.table))),
      fc.string(),
    );
    const value = fc.oneof(fc.string(), fc.constantFrom(bench.bob.person.id, "true", "1", "*", "full", "-1"));
    await bench.tap.answering(
      (response) => response.end("[]"),
      async () => {
        await askShape(bench, shape, "offset=-1", person.headers);
        const wanted = definitionOf(bench.tap.asked.at(-1));
        const sent = fc.tuple(
          fc.array(fc.tuple(name, value), { maxLength: 8 }),
          fc.dictionary(fc.constantFrom(...own), fc.constantFrom(bench.bob.person.id, "true", "x")),
        );
        const changed = await fc.check(
          fc.asyncProperty(sent, async ([query, headers]) => {
            const before = bench.tap.asked.length;
            const asked = new URLSearchParams(query).toString();
            await askShape(bench, shape, asked, { ...headers, ...person.headers });
            return bench.tap.asked.slice(before).every((url) => isDeepStrictEqual(definitionOf(url), wanted));
          }),
          { numRuns: 60 },
        );
        const example = JSON.stringify(changed.counterexample);
        expect(changed.failed, `${shape.path}: what a client sends changes the shape: ${example}`).toBe(
          false,
        );
      },
    );
  },

  "asks for the columns of its schema, and lets a client name no others": async (bench, shape) => {
    const columns = wireColumns(shape);
    await bench.tap.answering(
      (response) => response.end("[]"),
      () => askShape(bench, shape, "offset=-1", bench.ada.person.headers),
    );
    const asked = bench.tap.asked.at(-1)?.searchParams;
    const listed = (name: string) =>
      asked
        ?.get(name)
        ?.split(",")
        .map((one) => one.replaceAll('"', "")) ?? "all";
    expect(listed("columns"), `${shape.path}: the columns of the shape`).toEqual(columns);
    expect(listed("queryable_columns"), `${shape.path}: the columns that a subset may name`).toEqual(columns);
    expect(columns, `${shape.path}: collections know rows by their id`).toContain("id");
  },

  "has column names that survive the mapping to camelCase and back": async (_, shape) => {
    const mapper = snakeCamelMapper();
    for (const [key, column] of Object.entries(getTableColumns(shape.policy.table))) {
      if (!(key in shape.policy.schema.shape)) continue;
      expect(
        [mapper.decode(column.name), mapper.encode(key)],
        `${shape.path}: the column ${column.name}`,
      ).toEqual([key, column.name]);
    }
  },

  "asks for the same shape over the line, and refuses there what it refuses": async (bench, shape) => {
    const { person } = bench.ada;
    await bench.tap.answering(
      (response) => response.writeHead(409, { "content-type": "application/json" }).end("[]"),
      async () => {
        await askShape(bench, shape, "offset=0_0&handle=1&live=true", person.headers);
        const wanted = definitionOf(bench.tap.asked.at(-1));
        const answer = await askOverLine(bench, shape, "offset=0_0&handle=1&live=true&table=user", person);
        expect(answer.status, `${shape.path}: over the line`).toBe(409);
        expect(definitionOf(bench.tap.asked.at(-1)), `${shape.path}: another shape over the line`).toEqual(
          wanted,
        );
        const before = bench.tap.asked.length;
        const strangers = [
          { id: person.id, headers: { origin: bench.app.origin } },
          { id: bench.bob.person.id, headers: person.headers },
        ];
        for (const stranger of strangers) {
          const { status } = await askOverLine(bench, shape, "offset=0_0&handle=1&live=true", stranger);
          expect(status, `${shape.path}: a stranger over the line`).toBe(401);
        }
        expect(bench.tap.asked.length, `${shape.path}: asked for a stranger over the line`).toBe(before);
      },
    );
  },

  "lets no cache store an answer, whatever its status": async (bench, shape) => {
    const { headers } = bench.ada.person;
    using _quiet = vi.spyOn(console, "error").mockImplementation(() => {});
    for (const status of [200, 204, 304, 400, 401, 403, 404, 409, 429, 500, 503]) {
      const answer = await bench.tap.answering(
        (response) => {
          const publicly = {
            "cache-control": "public, max-age=60",
            "surrogate-control": "max-age=60",
            age: "1",
          };
          response.writeHead(status, { ...publicly, expires: new Date(1e14).toUTCString() }).end();
        },
        () => askShape(bench, shape, "offset=-1", headers),
      );
      expectUncacheable(answer, `${shape.path}: when the sync service answers ${status}`);
    }
    const dropped = await bench.tap.answering(
      (response) => response.destroy(),
      () => askShape(bench, shape, "offset=-1", headers),
    );
    expectUncacheable(dropped, `${shape.path}: when the sync service breaks off`);
    expectUncacheable(await askShape(bench, shape, "offset=-1", {}), `${shape.path}: without a session`);
    expectUncacheable(await askShape(bench, shape, "subset__x=1", headers), `${shape.path}: when refused`);
  },

  "sends exactly the rows that its rule lets a person read, and only their declared columns": async (
    bench,
    shape,
  ) => {
    for (const [one, other] of bothWays(bench)) {
      const { changes } = await follow(bench, shape, one.person);
      expectNothingOf(other, shape, changes);
      const readable = (await one.readable(shape.policy)).map((row) => row.id);
      expect(idsOf(changes).sort(), `${shape.path}: the rows that came`).toEqual(readable.map(String).sort());
      expectColumns(shape, changes);
    }
  },

  "sends no change of another user's rows": async (bench, shape) => {
    const { table } = shape.policy;
    for (const [one, other] of bothWays(bench)) {
      const start = await follow(bench, shape, one.person);
      await other.touch(shape.policy);
      await other.add(table, 1);
      const changes = await catchUp(bench, shape, one, start.position);
      expectNothingOf(other, shape, changes);
      expectColumns(shape, changes);
    }
  },

  "keeps a subset within the rows and columns of the shape, or refuses the subset": async (bench, shape) => {
    const { headers } = bench.bob.person;
    const everything = new URLSearchParams({ offset: "-1", subset__where: "true = true" });
    const answer = await askShape(bench, shape, everything.toString(), headers);
    if (shape.policy.sync !== "on-demand") {
      expect(answer.status, `${shape.path}: it is synced whole`).toBe(400);
      return;
    }
    expect(answer.status, `${shape.path}: it is synced on demand`).toBe(200);
    const { data }: { data: Change[] } = await answer.json();
    expectNothingOf(bench.ada, shape, data);
    expectColumns(shape, data);
    for (const column of hiddenColumns(shape)) {
      const probes: Record<string, string>[] = [
        { subset__where: `"${column}" is not null` },
        { subset__order_by: `"${column}"`, subset__limit: "1" },
      ];
      for (const probe of probes) {
        const query = new URLSearchParams({ offset: "-1", ...probe });
        const refused = await askShape(bench, shape, query.toString(), headers);
        expect(refused.status, `${shape.path}: asked for ${query}, hidden from the browser`).toBe(400);
      }
    }
  },

  "gives the browser rows that satisfy the schema and equal what the server reads": async (bench, shape) => {
    const { person } = bench.ada;
    await catchUp(bench, shape, bench.ada);
    const stopped = new AbortController();
    const stream = new ShapeStream<Record<string, unknown>>({
      url: `${bench.app.origin}${shape.path}`,
      fetchClient: (url, init) =>
        shape.handle({ request: new Request(url as string, { ...init, headers: person.headers }) }),
      parser: columnParsers,
      columnMapper: snakeCamelMapper(),
      subscribe: false,
      signal: stopped.signal,
    });
    const rows: Row[] = await new Shape(stream).rows;
    stopped.abort();
    const strict = shape.policy.schema.strict();
    const keys = Object.keys(strict.shape);
    const expected = new Map((await bench.ada.readable(shape.policy)).map((row) => [row.id, row]));
    for (const row of rows) {
      const checked = strict.safeParse(row);
      expect(checked.error?.issues, `${shape.path}: a row as it arrives, against its schema`).toBeUndefined();
      const read = expected.get(row.id);
      const picked = Object.fromEntries(keys.map((key) => [key, read?.[key]]));
      expect(row, `${shape.path}: a row as it arrives, against what Drizzle reads`).toEqual(picked);
    }
    expect(rows.length, `${shape.path}: the rows that arrive`).toBe(expected.size);
  },

  "replicates whole rows": async (bench, shape) => {
    const name = getTableName(shape.policy.table);
    expect(
      bench.replicaFull,
      `${shape.path}: its migration lacks alter table "${name}" replica identity full`,
    ).toContain(name);
  },
} satisfies Record<string, Rule>;

/**
 * Changes a person's rows and waits until the shape sends the change. The log of a shape is in order: then every earlier
 * change has arrived too.
 *
 * @param from where to begin; by default at the end of what the shape sends now
 * @returns the changes from there on
 */
async function catchUp(bench: Bench, shape: ShapeRoute, world: World, from?: Position): Promise<Change[]> {
  const position = from ?? (await follow(bench, shape, world.person)).position;
  const { txid } = await world.touch(shape.policy);
  const { changes } = await follow(bench, shape, world.person, position, (seen) =>
    seen.some((change) => confirms(change, txid)),
  );
  return changes;
}

function bothWays({ ada, bob }: Bench): [World, World][] {
  return [
    [ada, bob],
    [bob, ada],
  ];
}
