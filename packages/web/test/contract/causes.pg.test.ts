import { afterAll, expect, test, vi } from "vitest";
import { createExampleTables, exampleTables } from "../example/tables";
import { openBench, proceduresOf } from "./bench";

// Tests what the suite says when a constraint refuses the values that the suite guesses.
const opened = await openBench(createExampleTables);
const { exampleShapes, exampleTrpc } = await import("../example/server");
const { holdMutation } = await import("./contract");
const shapes = Object.entries(exampleShapes).map(([path, handle]) => ({
  path,
  policy: handle.policy,
  handle,
}));
const bench = await opened.people(exampleTables, shapes);
const { sql } = opened.app;

afterAll(() => opened[Symbol.asyncDispose]());

/** A constraint, its table, the procedure that inserts there, and what the suite says. */
const refusing = [
  [
    "alter table note add constraint odd check (length(body) = 99) not valid",
    "alter table note drop constraint odd",
    "notes.insert",
    /refused everything[\s\S]*check "odd" on body refused[\s\S]*body: \(field\) => field\.meta\(\{ examples/,
  ],
  [
    'alter table note add constraint odd foreign key (body) references "user" (id) not valid',
    "alter table note drop constraint odd",
    "notes.insert",
    /refused everything[\s\S]*foreign key "odd" on body[\s\S]*body: ….references\(/,
  ],
  [
    "alter table reading add column place text not null default ''; alter table reading alter column place drop default",
    "alter table reading drop column place",
    "readings.insert",
    /refused everything[\s\S]*column "place" of reading takes no null/,
  ],
  // The suite deletes rows of the person to make room, so this case comes last.
  [
    `update reading set quality = 'doubtful';
      insert into "user" (id, name, email) values ('stranger', 'Stranger', 'stranger@example.com');
      insert into reading (id, user_id, sensor, value, taken_at) values (gen_random_uuid(), 'stranger', 's', 1, now());
      create unique index odd on reading (quality) where quality = 'good'`,
    `drop index odd; delete from "user" where id = 'stranger'`,
    "readings.insert",
    /refused everything[\s\S]*unique constraint "odd" on quality refused a second row/,
  ],
] as const;

test.for(refusing)("names the constraint and the change: %s", async ([add, drop, path, says]) => {
  const insert = proceduresOf(exampleTrpc).find((one) => one.path === path);
  if (!insert) throw new Error(`no ${path}`);
  using _quiet = vi.spyOn(console, "error").mockImplementation(() => {});
  await sql.query(add);
  try {
    const rule = "takes a new row as the browser holds it, and sets the owner and the times itself";
    await expect(holdMutation(bench, insert, rule)).rejects.toThrow(says);
  } finally {
    await sql.query(drop);
  }
});

test("names the constraint when the suite cannot make a row at all", async () => {
  await sql.query("alter table note add constraint odd check (length(body) = 99) not valid");
  await expect(opened.people(exampleTables, shapes)).rejects.toThrow(
    /note: no row could be made[\s\S]*check "odd" on body/,
  );
});
