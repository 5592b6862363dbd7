import { randomUUID } from "node:crypto";
import { user } from "@tracer/core/auth/auth.sql";
import { getTableName } from "drizzle-orm";
import type { PgTable } from "drizzle-orm/pg-core";
import { z } from "zod";
import type { Bench, Procedure } from "./bench";
import { call } from "./call";
import { build, type Form, formsOf, nameOf, type Place } from "./places";
import type { Row, World } from "./world";

/** An input with which one person tries to reach the rows of another. */
export interface Attack {
  /** Makes the input anew, because an input has to name rows that are there when the input is sent. */
  input: () => Row | Promise<Row>;
  /** The other person is only named, as somebody who is invited is named. */
  invites?: boolean;
}

/** What a place holds in a person's own input: the id of a row of a table, or the id of a row that is new. */
type Source = PgTable | "new";

/** An input that the server takes from a person: its form, and what each of its places holds. */
interface Own {
  form: Form;
  sources: ReadonlyMap<string, Source>;
}

/** How many inputs to try until the server takes one. */
const tries = 400;

/**
 * Finds out what a person may send to a procedure that declares no row, and replaces each id of that input by an id of a
 * stranger's row, of every table: one place at a time, all places of one object, and all places.
 *
 * @throws with the path of the procedure when the server takes no input with an id of the person's own
 */
export async function attacks(
  bench: Pick<Bench, "app">,
  procedure: Procedure,
  attacker: World,
  victim: World,
): Promise<Attack[]> {
  const schema = procedure.writes?.schema ?? z.object();
  const found: Attack[] = [];
  const reached = new Set<string>();
  const unreached = new Map<string, string>();
  for (const form of formsOf(schema)) {
    const places = idPlaces(schema, form, attacker);
    if (places.length > 0 && places.every(({ path }) => reached.has(nameOf(path))) && reached.size > 0)
      continue;
    const own = await ownInput(bench, procedure, form, attacker);
    for (const { path, field } of places) {
      const name = nameOf(path);
      if (typeof own === "string") {
        if (isIdField(field)) unreached.set(name, unreached.get(name) ?? own);
      } else reached.add(name);
    }
    if (typeof own !== "string") found.push(...attacksOn(schema, own, places, attacker, victim));
  }
  const missed = [...unreached].find(([name]) => !reached.has(name));
  if (!missed) return found;
  throw new Error(
    [
      `${procedure.path}: refused everything that a person may send of their own with "${missed[0]}", such as with "${missed[1]}"`,
      "So nothing says whether an id of a stranger is refused there. Name the field after the table of its row, such as",
      'projectId for projects, and give values for the other fields that the server takes: .meta({ examples: ["…"] })',
    ].join("\n"),
  );
}

/** Tries one input after another. Returns the first that the server takes, or why the likeliest was refused. */
async function ownInput(
  bench: Pick<Bench, "app">,
  procedure: Procedure,
  form: Form,
  world: World,
): Promise<Own | string> {
  const schema = procedure.writes?.schema ?? z.object();
  let refusal: string | undefined;
  let left = tries;
  for (const sources of combinations(idPlaces(schema, form, world), procedure.path, world)) {
    if (left-- === 0) break;
    let input: Row;
    try {
      input = made(schema, { form, sources }, world);
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
    const { status, txid, message } = await call(bench, procedure, input, world.person.headers);
    if (txid === undefined) refusal ??= `${status} ${message}`;
    else {
      await world.renew();
      return { form, sources };
    }
  }
  return refusal ?? "no input";
}

/** The inputs in which ids of a stranger stand in place of the person's own. */
function attacksOn(schema: z.ZodType, own: Own, places: Place[], attacker: World, victim: World): Attack[] {
  const single = places.flatMap((place) =>
    victim.tables().flatMap((table) => {
      const [id] = victim.ids(table);
      return accepts(place.field, id) ? [{ taken: [{ place, id }], invites: table === user }] : [];
    }),
  );
  const within = Map.groupBy(places, ({ path }) => nameOf(path.slice(0, -1)));
  const together = [places, ...(within.size > 1 ? within.values() : [])].map((group) => ({
    invites: false,
    taken: group.flatMap((place, nth) => {
      const source = own.sources.get(nameOf(place.path));
      const ids = typeof source === "object" ? victim.ids(source) : victim.idsByTable().flat();
      const id = ids
        .slice(nth)
        .concat(ids)
        .find((one) => accepts(place.field, one));
      return id === undefined || source === user ? [] : [{ place, id }];
    }),
  }));
  return [...single, ...together]
    .filter(({ taken }) => taken.length > 0)
    .map(({ taken, invites }) => {
      const replaced = new Map(taken.map(({ place, id }) => [nameOf(place.path), id]));
      return { input: () => made(schema, own, attacker, replaced), invites };
    });
}

/** Makes the input anew, with ids of rows that the person has by now. */
function made(
  schema: z.ZodType,
  { form, sources }: Own,
  world: World,
  replaced?: ReadonlyMap<string, unknown>,
): Row {
  return build(schema, form, ({ path }) => {
    const name = nameOf(path);
    const source = sources.get(name);
    if (replaced?.has(name)) return replaced.get(name);
    if (source === undefined) return undefined;
    if (source === "new") return randomUUID();
    // Fields name the same row, as a child names its parent. Each entry of a list names another row.
    const nth = path.reduce<number>((sum, key) => sum + (Number(/\d+/.exec(String(key))?.[0]) || 0), 0);
    const ids = world.ids(source);
    return ids[nth % Math.max(ids.length, 1)];
  }) as Row;
}

/**
 * Replaces values of a person's own row by ids of a stranger's rows, of every table: each field that is there for an id by
 * itself, and all fields with text at once.
 *
 * @param make makes the person's own input
 */
export function attacksOnRow(
  schema: z.ZodObject,
  make: () => Promise<Row>,
  attacker: World,
  victim: World,
): Attack[] {
  const form = { option: 0, present: new Set(formsOf(schema).flatMap(({ present }) => [...present])) };
  const places = idPlaces(schema, form, attacker).filter(({ path }) => nameOf(path) !== "id");
  const [named, texts] = [places.filter(isIdPlace), places.filter((place) => !isIdPlace(place))];
  return [...named.map((place) => [place]), texts].flatMap((group) =>
    victim.tables().flatMap((table) => {
      const [id] = victim.ids(table);
      const replaced = new Map(
        group.filter(({ field }) => accepts(field, id)).map(({ path }) => [nameOf(path), id]),
      );
      if (replaced.size === 0) return [];
      const keys = new Set(group.map(({ path: [key] }) => String(key)));
      const fields = z.object(
        Object.fromEntries(Object.entries(schema.shape).filter(([key]) => keys.has(key))),
      );
      const input = async () => ({
        ...(await make()),
        ...made(fields, { form, sources: new Map() }, attacker, replaced),
      });
      return [{ input, invites: table === user }];
    }),
  );
}

/** The places that accept the id of one of the person's rows. */
function idPlaces(schema: z.ZodType, form: Form, world: World): Place[] {
  const places: Place[] = [];
  build(schema, form, (place) => {
    const id = world
      .idsByTable()
      .flat()
      .find((one) => accepts(place.field, one));
    if (id !== undefined) places.push(place);
    return id ?? null;
  });
  return places;
}

/** What the places may hold, the likeliest first. */
function* combinations(places: Place[], path: string, world: World): Iterable<Map<string, Source>> {
  const choices = places.map((place): [string, (Source | undefined)[]] => [
    nameOf(place.path),
    sourcesOf(place, path, world),
  ]);
  // Counts up in a number system whose digits are the choices, so that the first place changes slowest.
  const total = choices.reduce((product, [, sources]) => Math.min(product * sources.length, 1e6), 1);
  for (let nth = 0; nth < total; nth++) {
    let rest = nth;
    const chosen = new Map<string, Source>();
    for (const [name, sources] of choices.toReversed()) {
      const source = sources[rest % sources.length];
      rest = Math.floor(rest / sources.length);
      if (source !== undefined) chosen.set(name, source);
    }
    yield chosen;
  }
}

/** What a place may hold. Undefined is some value that is no id. */
function sourcesOf(place: Place, path: string, world: World): (Source | undefined)[] {
  if (!isIdPlace(place)) return [undefined];
  const fitting = world.tables().filter((table) => accepts(place.field, world.ids(table)[0]));
  const keys = place.path.filter((key): key is string => typeof key === "string" && !key.startsWith("{"));
  const key = keys.at(-1) ?? "";
  const named = tableFor(key, fitting);
  if (named) return [named];
  const around = [...keys.slice(0, -1).reverse(), ...path.split(".").reverse()];
  const likely = around.flatMap((word) => tableNamed(word, fitting) ?? []).slice(0, 1);
  const others = fitting.filter((table) => !likely.includes(table));
  const fresh: Source[] = accepts(place.field, randomUUID()) ? ["new"] : [];
  return [...likely, ...fresh, ...others];
}

/** Whether a place is there for an id: by its form, which is a UUID's, or by its name. */
function isIdPlace({ path, field }: Place): boolean {
  return (
    isIdField(field) ||
    path.some((key) => typeof key === "string" && /(?:^id|Id|member|user|owner|person)s?$/i.test(key))
  );
}

function isIdField(field: z.ZodType): boolean {
  return accepts(field, randomUUID()) && !accepts(field, "some words");
}

/** The table of a field: `floorPlanId`, `toFloorPlanId` and `floorPlans` are for rows of `floor_plans`, `memberId` for a person. */
function tableFor(key: string, tables: PgTable[]): PgTable | undefined {
  const isPerson = /^(?:user|member|owner|person|author|people)(?:Id)?s?$/i.test(key);
  return isPerson && tables.includes(user) ? user : tableNamed(key, tables);
}

function tableNamed(word: string, tables: PgTable[]): PgTable | undefined {
  const bare = singular(word.replace(/Ids?$/, ""));
  const named = (fits: (name: string) => boolean) =>
    tables.find((table) => fits(singular(getTableName(table))));
  return named((name) => name === bare) ?? named((name) => bare.endsWith(name) && /Ids?$/.test(word));
}

function singular(word: string): string {
  return word
    .replaceAll("_", "")
    .toLowerCase()
    .replace(/ies$/, "y")
    .replace(/(?<!s)s$/, "");
}

function accepts(field: z.ZodType, id: unknown): boolean {
  return id !== undefined && field.safeParse(id).success;
}
