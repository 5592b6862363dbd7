import pg from "pg";
import { expect, inject, test } from "vitest";
import { orderKeyAt } from "./order-key";

test("Postgres sorts keys as JavaScript does, under every collation", async () => {
  const keys: string[] = [];
  for (let row = 0; row < 300; row++) {
    const place = (row * 7) % (keys.length + 1);
    keys.splice(place, 0, orderKeyAt(keys, place));
  }
  const sql = new pg.Client({ connectionString: inject("postgresUrl") });
  await sql.connect();
  for (const collation of ["C", "default", "en-x-icu", "da-x-icu"]) {
    const { rows } = await sql.query(
      `select key from unnest($1::text[]) key order by key collate "${collation}"`,
      [keys.toReversed()],
    );
    expect(
      rows.map(({ key }) => key),
      collation,
    ).toEqual(keys);
  }
  await sql.end();
});
