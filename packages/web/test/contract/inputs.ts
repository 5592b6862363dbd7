import { getTableColumns, getTableName, sql } from "drizzle-orm";
import type { PgTable } from "drizzle-orm/pg-core";
import type { z } from "zod";
import { type Attack, attacks, attacksOnRow } from "./attacks";
import type { Bench, Procedure } from "./bench";
import { call } from "./call";
import { whyRefused } from "./causes";
import { fitting } from "./values";
import { type Row, rowsOf, type World } from "./world";

/**
 * Makes an input that a person may send: about rows of their own, with values that the schema accepts.
 *
 * @throws with the path of the procedure when the person may change no row
 */
export async function ownInput({ path, writes }: Procedure, world: World): Promise<Row> {
  if (!writes?.row) return fieldsOf(path, writes?.schema, world, world.idsByTable().flat());
  const { act, table, access } = writes.row;
  if (act === "insert") {
    await world.addTargets(table);
    const row = { ...world.make(table, writes.schema), ...(await world.newcomerOf(table)) };
    return onlyOf(writes.schema, row);
  }
  const rule = act === "delete" ? access.deletable : access.writable;
  const own = world.next(await rowsOf(table, rule(world.person.id)));
  if (!own)
    throw new Error(`${path}: its rule lets nobody write a row whose columns name them. Does it ever hold?`);
  return { ...onlyOf(writes.schema, world.make(table, writes.schema)), id: own.id };
}

/** Makes an edit that changes nothing. A collection sends the key and changed fields, so no schema may require more. */
export async function emptyEdit({ writes }: Procedure, world: World): Promise<Row> {
  const row = writes?.row;
  const own = row ? world.next(await rowsOf(row.table, row.access.writable(world.person.id))) : undefined;
  return { id: own?.id };
}

/** Makes the inputs with which one person tries to reach the rows of another. */
export async function hostileInputs(
  bench: Pick<Bench, "app">,
  procedure: Procedure,
  attacker: World,
  victim: World,
): Promise<Attack[]> {
  const { writes } = procedure;
  // An earlier procedure may have shared the older rows, and a unique index may stand against a second child of a row.
  for (const world of [attacker, victim]) {
    for (const table of world.tables().toReversed()) await world.add(table, 1);
  }
  if (!writes?.row) return attacks(bench, procedure, attacker, victim);
  const { act, table } = writes.row;
  const theirs = victim.ids(table).slice(0, 3);
  if (act === "delete") return theirs.map((id) => ({ input: () => ({ id }) }));
  const own = () => ownInput(procedure, attacker);
  // Rows that name the attacker, and refer to rows of the victim.
  const reaching = [0, 1].map(
    (depth) => () => onlyOf(writes.schema, attacker.make(table, writes.schema, { depth, foreign: victim })),
  );
  return [
    ...theirs.map((id) => ({ input: () => ({ id }) })),
    ...theirs.flatMap((id) =>
      [own, ...reaching].map((make) => ({ input: async () => ({ ...(await make()), id }) })),
    ),
    ...reaching.map((input) => ({ input })),
    ...reaching.map((make) => ({ input: async () => ({ ...make(), id: (await own()).id }) })),
    ...attacksOnRow(writes.schema, own, attacker, victim),
  ];
}

/** How many inputs are tried. Where one of three values is free, 12 tries find none in one of 130 runs, and 40 do. */
const attempts = 40;

/**
 * Calls a procedure with one input after another until the server accepts one. A rule or a constraint of the table may
 * refuse an input that the schema accepts.
 *
 * @throws with the last refusal when the server accepts no input
 */
export async function succeed(
  bench: Pick<Bench, "app">,
  procedure: Procedure,
  world: World,
  input: () => Promise<Row>,
): Promise<{ input: Row; txid: number }> {
  let message: string | undefined;
  const { act, table } = procedure.writes?.row ?? {};
  let refused: Row = {};
  for (let attempt = 0; attempt < attempts; attempt++) {
    const sent = await input();
    const answer = await call(bench, procedure, sent, world.person.headers);
    if (answer.txid !== undefined) return { input: sent, txid: answer.txid };
    message = `${answer.status} ${answer.message}`;
    refused = sent;
    // A person may have at most one row of this table, and has the row already.
    if (answer.status === 409 && act === "insert" && table) await world.remove(table);
  }
  const row = procedure.writes?.row;
  const cause = row && (await whyRefused(row, refused, world.person.id));
  throw new Error(
    `${procedure.path}: refused everything that a person may send of their own, lastly with ${message}${cause ? `\n${cause}` : ""}`,
  );
}

/** A key that no row has. */
export function freshId(table: PgTable): unknown {
  const { id } = getTableColumns(table);
  return fitting(`${getTableName(table)}.id`, id, undefined, 4711)[0];
}

/** Reads the row with this key. */
export async function rowOf(table: PgTable, id: unknown): Promise<Row | undefined> {
  return (await rowsOf(table, sql`${getTableColumns(table).id} = ${id}`))[0];
}

function onlyOf(schema: z.ZodObject, row: Row): Row {
  return Object.fromEntries(
    Object.entries(row).filter(([key, value]) => key in schema.shape && value !== undefined),
  );
}

/**
 * Makes an input for a procedure that declares no row. A field that accepts an id gets one of the ids. A field whose
 * name asks for a person gets the person's own id if the field accepts that id.
 */
function fieldsOf(path: string, schema: z.ZodObject | undefined, { person }: World, ids: unknown[]): Row {
  const fields = Object.entries<z.ZodType>(schema?.shape ?? {}).map(([key, field], index) => {
    const wanted = /user|member|owner|person/i.test(key) ? [person.id, ...ids] : ids;
    const id = wanted.find((one) => field.safeParse(one).success);
    return [key, id ?? fitting(`${path}: ${key}`, undefined, field, index)[0]];
  });
  return Object.fromEntries(fields);
}
