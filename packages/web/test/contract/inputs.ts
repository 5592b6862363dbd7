import { getTableColumns, getTableName, sql } from "drizzle-orm";
import type { PgTable } from "drizzle-orm/pg-core";
import type { z } from "zod";
import type { Bench, Procedure } from "./bench";
import { call } from "./call";
import { fitting } from "./values";
import { type Row, rowsOf, type World } from "./world";

/**
 * An input that a person may well send: about rows of theirs, with values that the schema accepts.
 *
 * @throws with the procedure's path when the person may not change any row
 */
export async function ownInput({ path, writes }: Procedure, world: World): Promise<Row> {
  if (!writes?.row) return fieldsOf(path, writes?.schema, world, world.idsByTable().flat());
  const { act, table, access } = writes.row;
  if (act === "insert") {
    await world.addTargets(table);
    return onlyOf(writes.schema, world.make(table, writes.schema));
  }
  const [own] = await rowsOf(table, access.writable(world.person.id));
  if (!own)
    throw new Error(`${path}: its rule lets nobody write a row whose columns name them. Does it ever hold?`);
  return { ...onlyOf(writes.schema, world.make(table, writes.schema)), id: own.id };
}

/** An edit that changes nothing. A collection sends the key and what was changed, so that nothing else may be required. */
export async function emptyEdit({ writes }: Procedure, world: World): Promise<Row> {
  const [own] = writes?.row
    ? await rowsOf(writes.row.table, writes.row.access.writable(world.person.id))
    : [];
  return { id: own?.id };
}

/** Inputs by which one person tries to get at the rows of another. */
export async function hostileInputs(procedure: Procedure, attacker: World, victim: World): Promise<Row[]> {
  const { path, writes } = procedure;
  if (!writes?.row) {
    return victim.idsByTable().flatMap((ids) => {
      const whole = fieldsOf(path, writes?.schema, attacker, ids);
      return [whole, ...inParts(whole, writes?.schema)];
    });
  }
  const { act, table } = writes.row;
  const own = await ownInput(procedure, attacker);
  const theirs = victim.ids(table).slice(0, 3);
  if (act === "delete") return theirs.map((id) => ({ id }));
  // Rows that name the attacker, and refer to rows of the victim.
  const reaching = [0, 1].map((depth) =>
    onlyOf(writes.schema, attacker.make(table, writes.schema, { depth, foreign: victim })),
  );
  return [
    ...theirs.flatMap((id) => [{ id }, ...[own, ...reaching].map((input) => ({ ...input, id }))]),
    ...reaching,
    ...reaching.map((input) => ({ ...input, id: own.id })),
  ];
}

/**
 * Calls a procedure as a person until an input of theirs is taken: what a schema accepts, a rule or a constraint of the
 * table may still refuse.
 *
 * @throws with the last refusal when none is
 */
export async function succeed(
  bench: Pick<Bench, "app">,
  procedure: Procedure,
  world: World,
  input: () => Promise<Row>,
): Promise<{ input: Row; txid: number }> {
  let message: string | undefined;
  for (let attempt = 0; attempt < 12; attempt++) {
    const sent = await input();
    const answer = await call(bench, procedure, sent, world.person.headers);
    if (answer.txid !== undefined) return { input: sent, txid: answer.txid };
    message = `${answer.status} ${answer.message}`;
  }
  throw new Error(
    `${procedure.path}: refused everything that a person may send of their own, lastly with ${message}`,
  );
}

/** A key that no row has. */
export function freshId(table: PgTable): unknown {
  const { id } = getTableColumns(table);
  return fitting(`${getTableName(table)}.id`, id, undefined, 4711)[0];
}

/** The row of a table with this key. */
export async function rowOf(table: PgTable, id: unknown): Promise<Row | undefined> {
  return (await rowsOf(table, sql`${getTableColumns(table).id} = ${id}`))[0];
}

/**
 * What an input has to hold, and that with one more field at a time: a value that Postgres does not take for one column
 * would refuse them all, and hide what the others do.
 */
function inParts(whole: Row, schema: z.ZodObject | undefined): Row[] {
  const fields = Object.entries<z.ZodType>(schema?.shape ?? {});
  const optional = fields.filter(([, field]) => field.safeParse(undefined).success).map(([key]) => key);
  const needed = Object.fromEntries(Object.entries(whole).filter(([key]) => !optional.includes(key)));
  return [needed, ...optional.map((key) => ({ ...needed, [key]: whole[key] }))];
}

function onlyOf(schema: z.ZodObject, row: Row): Row {
  return Object.fromEntries(
    Object.entries(row).filter(([key, value]) => key in schema.shape && value !== undefined),
  );
}

/**
 * Input for a procedure that does more than write one row: ids in each field that takes one, the person's own where its
 * name asks for a person.
 */
function fieldsOf(path: string, schema: z.ZodObject | undefined, { person }: World, ids: unknown[]): Row {
  const fields = Object.entries<z.ZodType>(schema?.shape ?? {}).map(([key, field], index) => {
    const wanted = /user|member|owner|person/i.test(key) ? [person.id, ...ids] : ids;
    const id = wanted.find((one) => field.safeParse(one).success);
    return [key, id ?? fitting(`${path}: ${key}`, undefined, field, index)[0]];
  });
  return Object.fromEntries(fields);
}
