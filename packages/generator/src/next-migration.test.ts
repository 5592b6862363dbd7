import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { statementsBetween } from "./next-migration.ts";
import { migratedSnapshot, readJournal, type Snapshot, type SnapshotTable } from "./snapshots.ts";
import { parseStatedChanges } from "./stated-changes.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const committed = await migratedSnapshot(root, await readJournal(root));

/** The statements after a change of the committed schema, given what a person says about lost names. */
async function statements(
  change: (snapshot: Snapshot) => void,
  { renamed = [], dropped = [] }: { renamed?: string[]; dropped?: string[] } = {},
): Promise<string[]> {
  const declared = structuredClone(committed);
  change(declared);
  return statementsBetween(committed, declared, parseStatedChanges(renamed, dropped));
}

function tableIn(snapshot: Snapshot, name: string): SnapshotTable {
  const table = snapshot.tables[`public.${name}`];
  if (!table) throw new Error(`There is no table ${name}.`);
  return table;
}

const textColumn = (name: string) => ({ name, type: "text", primaryKey: false, notNull: false });
const add = (snapshot: Snapshot, table: string, column: string) => {
  tableIn(snapshot, table).columns[column] = textColumn(column);
};
const drop = (snapshot: Snapshot, table: string, column: string) => {
  delete tableIn(snapshot, table).columns[column];
};

test("an unchanged schema needs no statement", async () => {
  expect(await statements(() => {})).toEqual([]);
});

test("columns that are only new or only gone need no word", async () => {
  expect(await statements((now) => add(now, "user", "city"))).toEqual([
    'ALTER TABLE "user" ADD COLUMN "city" text;',
  ]);
  expect(await statements((now) => drop(now, "account", "scope"))).toEqual([
    'ALTER TABLE "account" DROP COLUMN "scope";',
  ]);
});

test("a column that may have a new name is refused with the flags that say what became of it", async () => {
  const change = (now: Snapshot) => {
    drop(now, "account", "scope");
    add(now, "account", "scopes");
  };
  await expect(statements(change)).rejects.toThrow(
    /the column "account\.scope" is gone, and new is "scopes":\n.*--renamed account\.scope=scopes .*\n.*--dropped account\.scope /,
  );
});

test("a renamed and a dropped column beside a new one are one migration, with the drop at its end", async () => {
  const change = (now: Snapshot) => {
    drop(now, "account", "scope");
    drop(now, "account", "password");
    add(now, "account", "scopes");
    add(now, "account", "city");
  };
  const words = { renamed: ["account.scope=scopes"], dropped: ["account.password"] };
  expect(await statements(change, words)).toEqual([
    'ALTER TABLE "account" RENAME COLUMN "scope" TO "scopes";',
    'ALTER TABLE "account" ADD COLUMN "city" text;',
    'ALTER TABLE "account" DROP COLUMN "password";',
  ]);
  await expect(statements(change, { renamed: words.renamed })).rejects.toThrow(/"account\.password" is gone/);
});

test("a renamed column keeps its index, and gets the foreign key with the new name", async () => {
  const change = (now: Snapshot) => {
    const session = tableIn(now, "session");
    const { user_id: column, ...columns } = session.columns;
    session.columns = { ...columns, person_id: { ...column, ...textColumn("person_id"), notNull: true } };
    for (const index of Object.values(session.indexes)) {
      for (const part of index.columns) if (part.expression === "user_id") part.expression = "person_id";
    }
    const [key] = Object.values(session.foreignKeys);
    if (!key) throw new Error("The table session has no foreign key.");
    const name = "session_person_id_user_id_fk";
    session.foreignKeys = { [name]: { ...key, ...{ name }, columnsFrom: ["person_id"] } };
  };
  const all = await statements(change, { renamed: ["session.user_id=person_id"] });
  expect(all[0]).toBe('ALTER TABLE "session" RENAME COLUMN "user_id" TO "person_id";');
  expect(all.slice(1).join("\n")).not.toMatch(/INDEX|COLUMN/);
  expect(all.slice(1)).toEqual([
    expect.stringMatching(/DROP CONSTRAINT "session_user_id_user_id_fk"/),
    expect.stringMatching(/ADD CONSTRAINT "session_person_id_user_id_fk" FOREIGN KEY \("person_id"\)/),
  ]);
});

test("a table is renamed with its rows, or replaced", async () => {
  const change = (now: Snapshot) => {
    const { "public.rate_limit": table, ...tables } = now.tables;
    if (!table) throw new Error("There is no table rate_limit.");
    Object.assign(now, { tables: { ...tables, "public.rates": { ...table, name: "rates" } } });
  };
  expect(await statements(change, { renamed: ["rate_limit=rates"] })).toEqual([
    'ALTER TABLE "rate_limit" RENAME TO "rates";',
  ]);
  const replaced = await statements(change, { dropped: ["rate_limit"] });
  expect(replaced[0]).toContain('CREATE TABLE "rates"');
  expect(replaced.at(-1)).toBe('DROP TABLE "rate_limit" CASCADE;');
  await expect(statements(change)).rejects.toThrow(/--renamed rate_limit=rates /);
});

test.for([
  [["user.nothing=name"], /no column "user\.nothing"/],
  [["nobody.name=title"], /no table "nobody" in the newest migration/],
  [["user.name=email"], /has a column "user\.email" already/],
  [["user.name=title"], /declare no column "user\.title"/],
  [["user.name"], /write the old name, an equals sign and the new name/],
  [["user.name=account.name"], /write the old name/],
] as const)("a rename that does not fit the schema is refused: %s", async ([renamed, why]) => {
  await expect(statements(() => {}, { renamed: [...renamed] })).rejects.toThrow(why);
});

test("a rename of a column that is still declared is refused", async () => {
  const renamed = ["user.name=title"];
  await expect(statements((now) => add(now, "user", "title"), { renamed })).rejects.toThrow(
    /still declare the column "user\.name"/,
  );
});
