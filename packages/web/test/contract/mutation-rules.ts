import { user } from "@tracer/core/auth/auth.sql";
import { db } from "@tracer/core/drizzle/database";
import { getTableColumns, getTableName, sql } from "drizzle-orm";
import { PgDialect, type PgTable } from "drizzle-orm/pg-core";
import type pg from "pg";
import { expect } from "vitest";
import type { Writes } from "~/lib/server/trpc/procedure";
import { userHeader } from "~/lib/wire/user-header";
import { type Bench, type Change, confirms, follow, type Procedure, type ShapeRoute } from "./bench";
import { call, callPushed } from "./call";
import { emptyEdit, freshId, hostileInputs, ownInput, rowOf, succeed } from "./inputs";
import type { Row, World } from "./world";

type Rule = (bench: Bench, procedure: Procedure) => Promise<void>;

/** The rules for every procedure of the router. A rule throws with the path of a procedure that breaks the rule. */
export const mutationRules = {
  "is a mutation that comes from write()": async (_, { path, type, writes }) => {
    expect(type, `${path}: reads go through shapes`).toBe("mutation");
    expect(writes, `${path}: only write() brings the session, the transaction and the txid`).toBeDefined();
  },

  "writes only synced columns of a synced table, by the access rule of its shape": async (
    bench,
    procedure,
  ) => {
    const { path, writes } = procedure;
    if (!writes?.row) return;
    const shape = shapeOf(bench, path, writes.row);
    const synced = Object.keys(shape.policy.schema.shape);
    const unseen = Object.keys(writes.schema.shape).filter((key) => !synced.includes(key));
    expect(unseen, `${path}: a write to what is not synced is never confirmed`).toEqual([]);
  },

  "refuses a caller without a session with 401, and one whose session was just revoked": async (
    bench,
    procedure,
  ) => {
    const { origin } = bench.app;
    const input = await ownInput(procedure, bench.ada);
    for (const cookie of ["", "better-auth.session_token=made.up"]) {
      const headers = { origin, ...(cookie && { cookie }) };
      expect(await refused(bench, procedure, input, headers), `${procedure.path}: without a session`).toBe(
        401,
      );
    }
    const carol = await bench.app.signUp("Carol");
    await bench.app.sql.query("delete from session where user_id = $1", [carol.id]);
    const status = await refused(bench, procedure, input, carol.headers);
    expect(status, `${procedure.path}: with a revoked session`).toBe(401);
  },

  "refuses the pages of other sites with 403, and whatever a form can send": async (bench, procedure) => {
    const { headers } = bench.ada.person;
    const input = await ownInput(procedure, bench.ada);
    for (const origin of [
      "https://evil.example",
      "http://other.app.test",
      "http://app.test.evil.example",
      "null",
    ]) {
      const status = await refused(bench, procedure, input, { ...headers, origin });
      expect(status, `${procedure.path}: from ${origin}`).toBe(403);
    }
    const { origin: _, ...withoutOrigin } = headers;
    expect(await refused(bench, procedure, input, withoutOrigin), `${procedure.path}: from nowhere`).toBe(
      403,
    );
    for (const type of [
      "text/plain",
      "application/x-www-form-urlencoded",
      "multipart/form-data; boundary=x",
    ]) {
      const status = await refused(bench, procedure, input, { ...headers, "content-type": type });
      expect([400, 415], `${procedure.path}: sent as ${type}`).toContain(status);
    }
  },

  "refuses fields that it does not offer with 400": async (bench, procedure) => {
    const { path, writes } = procedure;
    const row = writes?.row;
    const input = await ownInput(procedure, bench.ada);
    const columns = row ? Object.keys(getTableColumns(row.table)) : [];
    const ignored = row?.ignored ?? [];
    const names = new Set([
      ...columns,
      "userId",
      "user_id",
      "ownerId",
      "role",
      "isAdmin",
      "$key",
      "constructor",
    ]);
    for (const name of names) {
      if ((writes && Object.hasOwn(writes.schema.shape, name)) || ignored.includes(name)) continue;
      const sent = { ...input, [name]: bench.bob.person.id };
      const status = await refused(bench, procedure, sent, bench.ada.person.headers);
      expect(status, `${path}: with the field ${name}`).toBe(400);
    }
  },

  "takes a new row as the browser holds it, and sets the owner and the times itself": async (
    bench,
    procedure,
  ) => {
    const { path, writes } = procedure;
    if (writes?.row?.act !== "insert") return;
    const { table, owner } = writes.row;
    const { schema } = shapeOf(bench, path, writes.row).policy;
    const longAgo = new Date("1999-01-01T00:00:00.000Z");
    const forged = { createdAt: longAgo, updatedAt: longAgo, ...(owner && { [owner]: bench.bob.person.id }) };
    const { input } = await succeed(bench, procedure, bench.ada, async () => {
      const whole = {
        ...bench.ada.make(table, schema),
        ...(await ownInput(procedure, bench.ada)),
        ...forged,
      };
      return Object.fromEntries(
        Object.entries(whole).filter(([key]) => key in schema.shape || key in forged),
      );
    });
    const row = await rowOf(table, input.id);
    if (owner) expect(row?.[owner], `${path}: the owner of a new row`).toBe(bench.ada.person.id);
    for (const stamp of ["createdAt", "updatedAt"]) {
      if (row && stamp in row) expect(row[stamp], `${path}: ${stamp} of a new row`).not.toEqual(longAgo);
    }
  },

  "changes no row of another user, and opens none to the caller": async (bench, procedure) => {
    const { path } = procedure;
    const { ada, bob, shapes } = bench;
    const attacks = await hostileInputs(bench, procedure, bob, ada);
    let before = await sights(bench);
    for (const { input: make, invites } of attacks) {
      const input = await make();
      const { txid } = await call(bench, procedure, input, bob.person.headers);
      const after = await sights(bench);
      const by = JSON.stringify(input, (_, value) => (typeof value === "bigint" ? String(value) : value));
      // Whoever is invited sees more rows: those that the inviting person sees too.
      const shared = invites ? sharedSince(before, after) : [];
      const expected = new Map([...before.hers, ...shared.map((row) => [row, after.hers.get(row)] as const)]);
      expect(after.hers, `${path}: what another user reads was changed, by ${by}`).toEqual(expected);
      // Members may see each other, so the person who is named may appear, but nothing else of theirs.
      const named = invites ? shapes.filter(({ policy }) => policy.table === user) : [];
      const met = new Set(named.map((shape) => `${shape.path} ${ada.person.id}`));
      const opened = [...after.his.keys()].filter(
        (row) => before.hers.has(row) && !before.his.has(row) && !met.has(row),
      );
      expect(opened, `${path}: rows of another user were opened, by ${by}`).toEqual([]);
      before = after;
      if (txid === undefined) continue;
      // The two share nothing again, and the attacker has rows for the next input.
      await remove(bench, shared);
      await bob.renew();
      before = await sights(bench);
    }
  },

  "gives the same answer for another user's row as for a missing row": async (bench, procedure) => {
    const { path, writes } = procedure;
    if (!writes?.row || writes.row.act === "insert") return;
    const { table } = writes.row;
    const input = await ownInput(procedure, bench.bob);
    const ask = (id: unknown) => call(bench, procedure, { ...input, id }, bench.bob.person.headers);
    const foreign = await ask(bench.ada.ids(table)[0]);
    expect(foreign.status, `${path}: for another's row`).toBe(403);
    expect(foreign, `${path}: it reveals whether another user's row exists`).toEqual(
      await ask(freshId(table)),
    );
  },

  "answers the txid that Postgres stamps on the row and the shape sends": async (bench, procedure) => {
    const { path, writes } = procedure;
    if (!writes?.row) return;
    const { act, table } = writes.row;
    const { ada } = bench;
    const shape = shapeOf(bench, path, writes.row);
    // The shape must send an edit without changes too, or the browser waits for its txid in vain.
    for (const make of act === "update" ? [ownInput, emptyEdit] : [ownInput]) {
      const { position } = await follow(bench, shape, ada.person);
      const { input, txid } = await succeed(bench, procedure, ada, () => make(procedure, ada));
      if (act !== "delete") expect(await xminOf(table, input.id), `${path}: the row's xmin`).toBe(txid);
      // The log of a shape is in order: when a later change arrives, every earlier change has arrived. The later change
      // needs a row, and the deleted row may have been the last.
      await ada.renew();
      const later = await ada.touch(shape.policy);
      const has = (id: number) => (change: Change) => confirms(change, id);
      const { changes, movedOut } = await follow(bench, shape, ada.person, position, (all) =>
        all.some(has(later.txid)),
      );
      // A row that goes because its parent's sub-query lost it is not named.
      if (act === "delete" && movedOut.includes(txid)) continue;
      const back = changes.filter(has(txid)).map((change) => change.value.id);
      expect(back, `${path}: the row with this txid in the shape`).toContain(String(input.id));
    }
  },

  "is refused in a pushed transaction wherever its own route refuses, in the same words": async (
    bench,
    procedure,
  ) => {
    const { path } = procedure;
    const { ada, bob } = bench;
    const { headers } = bob.person;
    const own = await ownInput(procedure, bob);
    const strangers = [
      { ...headers, cookie: "" },
      { ...headers, origin: "https://evil.example" },
      { ...headers, "content-type": "text/plain" },
      { ...headers, [userHeader]: ada.person.id },
    ];
    const attacks = await hostileInputs(bench, procedure, bob, ada);
    const every = Math.ceil(attacks.length / 16);
    const hostile = await Promise.all(
      attacks.filter((_, nth) => nth % every === 0).map(({ input }) => input()),
    );
    const asked: [input: Row, headers: Record<string, string>][] = [
      ...strangers.map((stranger): [Row, typeof headers] => [own, stranger]),
      ...hostile.map((input): [Row, typeof headers] => [input, headers]),
      [{ ...own, isAdmin: true }, headers],
      [{}, headers],
      [own, headers],
    ];
    for (const [input, sender] of asked) {
      const before = await sights(bench);
      const alone = await call(bench, procedure, input, sender);
      if (alone.status === 200) {
        // An input that invites the other person was no attack. The two share nothing again for the next rule.
        await remove(bench, sharedSince(before, await sights(bench)));
        continue;
      }
      const pushed = await callPushed(bench, procedure, input, sender);
      expect(pushed, `${path}: pushed, against what its own route answers`).toEqual(alone);
      const after = await sights(bench);
      expect(after, `${path}: a push was refused and wrote all the same`).toEqual(before);
    }
  },
} satisfies Record<string, Rule>;

/** Expects a procedure to refuse an input and to write nothing. Gives the status of the answer. */
async function refused(bench: Bench, procedure: Procedure, input: object, headers: Record<string, string>) {
  const before = await sight(bench, bench.ada);
  const { status, txid } = await call(bench, procedure, input, headers);
  expect(txid, `${procedure.path}: it answered a txid`).toBeUndefined();
  expect(await sight(bench, bench.ada), `${procedure.path}: it refused and wrote all the same`).toEqual(
    before,
  );
  return status;
}

/** What the attacked person and the attacker may read. */
async function sights(bench: Bench) {
  const [hers, his] = await Promise.all([sight(bench, bench.ada), sight(bench, bench.bob)]);
  return { hers, his };
}

type Sights = Awaited<ReturnType<typeof sights>>;

/** The rows that the attacked person reads now and did not read before, and that the attacker reads too. */
function sharedSince(before: Sights, after: Sights): string[] {
  return [...after.hers.keys()].filter((row) => !before.hers.has(row) && after.his.has(row));
}

/** All rows that a person may read, with the transaction that wrote each. */
async function sight({ app, shapes }: Bench, world: World): Promise<Map<string, string>> {
  const query = looks.get(world) ?? lookOf(shapes, world);
  looks.set(world, query);
  const { rows } = await app.sql.query<{ name: string; xmin: string }>(query);
  return new Map(rows.map(({ name, xmin }) => [name, xmin]));
}

/** The statements that read all rows of a person. The rules look hundreds of times. */
const looks = new WeakMap<World, pg.QueryConfig>();

/** Makes one statement for all tables, which Postgres prepares once. */
function lookOf(shapes: readonly ShapeRoute[], { person }: World): pg.QueryConfig {
  const reads = shapes.map(
    ({ path, policy: { table, access } }) =>
      sql`select ${`${path} `}::text || ${getTableColumns(table).id} as name, xmin::text from ${table} where ${access.readable(person.id)}`,
  );
  const { sql: text, params: values } = new PgDialect().sqlToQuery(sql.join(reads, sql` union all `));
  return { name: `what ${person.id} reads`, text, values };
}

/** Deletes rows, which have the names that `sight` gives. */
async function remove({ shapes }: Bench, rows: string[]): Promise<void> {
  for (const { path, policy } of shapes) {
    const ids = rows.flatMap((row) => (row.startsWith(`${path} `) ? [row.slice(path.length + 1)] : []));
    if (ids.length === 0 || policy.table === user) continue;
    await db.delete(policy.table).where(sql`${getTableColumns(policy.table).id}::text in ${ids}`);
  }
}

async function xminOf(table: PgTable, id: unknown): Promise<number> {
  const rows = await db
    .select({ xmin: sql<string>`xmin::text` })
    .from(table)
    .where(sql`${getTableColumns(table).id} = ${id}`);
  return Number(rows[0]?.xmin);
}

/** The shape that confirms a write: the one of the same table by the same rule. */
function shapeOf({ shapes }: Bench, path: string, { table, access }: NonNullable<Writes["row"]>): ShapeRoute {
  const served = shapes.filter(({ policy }) => policy.table === table);
  const shape = served.find(({ policy }) => policy.access === access);
  if (shape) return shape;
  if (served.length === 0) {
    throw new Error(`${path}: no route serves ${getTableName(table)}, so its writes are never confirmed.`);
  }
  throw new Error(`${path}: it must use the rule of ${served.map((one) => one.path).join(" or ")}`);
}
