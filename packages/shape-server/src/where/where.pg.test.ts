import fc from "fast-check";
import { Client } from "pg";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { clauses } from "../../test/where/clauses.ts";
import { fillTable, sampleColumns } from "../../test/where/sample-table.ts";
import type { CompiledWhere, Row } from "./syntax/condition.ts";
import { WhereError } from "./syntax/where-error.ts";
import { compileWhere } from "./where.ts";

const database = `where_${process.pid}_${Date.now()}`;
const admin = new Client({ connectionString: inject("postgresUrl") });
const url = new URL(inject("postgresUrl"));
url.pathname = `/${database}`;
const client = new Client({ connectionString: url.href });
let rows: Row[] = [];

beforeAll(async () => {
  await admin.connect();
  await admin.query(
    `CREATE DATABASE ${database} TEMPLATE template0 LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C' ENCODING 'UTF8'`,
  );
  await client.connect();
  let seed = 7;
  const random = (below: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return seed % below;
  };
  rows = await fillTable(client, 25, (values) =>
    random(6) === 0 ? null : (values[random(values.length)] ?? null),
  );
});
afterAll(async () => {
  await client.end();
  await admin.query(`DROP DATABASE ${database} WITH (FORCE)`);
  await admin.end();
});

async function compile(where: string, params: Record<string, string> = {}): Promise<CompiledWhere | null> {
  const describeTable = async () => ({ schema: "public", name: "sample", columns: sampleColumns });
  try {
    return await compileWhere({ where, params, columns: sampleColumns, describeTable });
  } catch (error) {
    if (error instanceof WhereError) return null;
    throw error;
  }
}

/** The ids of the rows that Postgres selects. If one row makes the query fail, every row is queried on its own. */
async function selected(condition: string): Promise<string[]> {
  try {
    const found = await client.query(`SELECT id FROM sample WHERE ${condition} ORDER BY id`);
    return found.rows.map(({ id }) => String(id));
  } catch {
    const ids: string[] = [];
    for (const { id } of rows) {
      const alone = `SELECT ((${condition})) IS TRUE AS yes FROM (SELECT * FROM sample WHERE id = ${id} OFFSET 0) sample`;
      const found = await client.query(alone).catch(() => null);
      if (found?.rows[0]?.yes === true) ids.push(String(id));
    }
    return ids;
  }
}

test("I-18: a row matches exactly when Postgres selects it, by the client's text and by the rendered SQL", async () => {
  let accepted = 0;
  await fc.assert(
    fc.asyncProperty(clauses(), async (where) => {
      const compiled = await compile(where);
      if (!compiled) return;
      accepted++;
      const matching = rows.filter((row) => compiled.matches(row)).map(({ id }) => String(id));
      const rendered = await selected(compiled.sql);
      expect({ where, sql: compiled.sql, ids: matching }).toEqual({
        where,
        sql: compiled.sql,
        ids: rendered,
      });
      expect({ where, ids: rendered }).toEqual({ where, ids: await selected(where) });
    }),
    { numRuns: Number(process.env.WHERE_RUNS ?? 400) },
  );
  expect(accepted).toBeGreaterThan(50);
}, 600_000);
