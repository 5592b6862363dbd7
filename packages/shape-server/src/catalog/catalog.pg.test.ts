import { Pool } from "pg";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { createDatabase } from "../../test/replay/database.ts";
import { Catalog } from "./catalog.ts";

let database: Awaited<ReturnType<typeof createDatabase>>;
let pool: Pool;

beforeAll(async () => {
  database = await createDatabase(inject("postgresUrl"));
  pool = new Pool({ connectionString: database.url, max: 8 });
});

afterAll(async () => {
  await pool?.end();
  await database?.[Symbol.asyncDispose]();
});

test("a table that is met while the known ones are looked at is not taken for gone", async () => {
  const gone: number[] = [];
  const catalog = new Catalog(pool, { tableGone: (oid) => gone.push(oid) });
  const names = Array.from({ length: 40 }, (_, i) => `met_${i}`);
  await pool.query(names.map((name) => `CREATE TABLE ${name} (id int4 PRIMARY KEY)`).join("; "));
  await catalog.describe("public", "met_0");
  await Promise.all(names.flatMap((name) => [catalog.verify(), catalog.describe("public", name)]));
  expect(gone).toEqual([]);

  await pool.query("DROP TABLE met_7");
  await catalog.verify();
  expect(gone).toHaveLength(1);
});
