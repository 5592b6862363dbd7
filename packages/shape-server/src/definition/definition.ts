import type { Catalog } from "../catalog/catalog.ts";
import { IdentifierError, parseTable, quoteTable } from "../catalog/identifiers.ts";
import { keyColumnsOf, type Table, type TableColumn } from "../catalog/table.ts";
import { RequestError } from "../errors/request-error.ts";
import type { CompiledWhere } from "../where/syntax/condition.ts";
import { WhereError } from "../where/syntax/where-error.ts";
import { compileWhere } from "../where/where.ts";
import type { Plan } from "./plan.ts";
import { planFor } from "./plan-for.ts";

/** The shape that a client asks for, in the client's own words. */
export interface ShapeRequest {
  readonly table: string;
  readonly where?: string;
  readonly params: Record<string, string>;
  readonly columns?: string[];
  readonly queryableColumns?: string[];
  readonly replica: "default" | "full";
  readonly log: "full" | "changes_only";
  /** Has no effect. Electric accepts the parameter, so it is accepted here as well. */
  readonly compaction: boolean;
}

/** What a shape is, however a client has spelled it: requests with the same `key` share one handle and one log. */
export interface Definition {
  readonly key: string;
  /** The key without the table's primary key: a shape may go on, and be followed, when the primary key changes. */
  readonly looseKey: string;
  readonly table: Table;
  /** The selected columns, in the table's order. */
  readonly columns: TableColumn[];
  /** True when the request names no columns: the shape ends when a column is added or dropped. */
  readonly selectsAll: boolean;
  readonly replica: "default" | "full";
  readonly log: "full" | "changes_only";
  readonly where: CompiledWhere | null;
  /** How the condition appears to clients; null when the condition has no sub-queries. */
  readonly plan: Plan | null;
  /** The tables of all sub-queries, those within sub-queries included. */
  readonly innerTables: Table[];
  readonly whereText: string | null;
  readonly params: Record<string, string>;
}

/** The parts of a definition that are stored. The other parts are made from these. */
export interface StoredDefinition
  extends Omit<Definition, "where" | "plan" | "innerTables" | "columns" | "key" | "looseKey"> {
  readonly selected: string[];
}

/**
 * Finds the table that a request names.
 *
 * @param fresh whether the database must be asked; otherwise what the catalog remembers of the table will do.
 * @throws RequestError when the name cannot be read, or when there is no such table.
 */
export async function resolveTable(catalog: Catalog, text: string, fresh: boolean): Promise<Table> {
  const name = readable("table", () => parseTable(text));
  const known = fresh ? undefined : catalog.known(name.schema, name.name);
  const table = known ?? (await catalog.describe(name.schema, name.name));
  // As with Electric, a table without columns counts as none.
  if (table && table.columns.length > 0) return table;
  const reason = "If the table name contains capitals or special characters you must quote it.";
  throw new RequestError({ table: [`Table ${quoteTable(name)} does not exist. ${reason}`] });
}

/**
 * Makes the definition of the shape that a request asks for.
 *
 * @param table the table that the request names.
 * @throws RequestError when a column or the condition is refused.
 */
export async function resolveDefinition(
  catalog: Catalog,
  table: Table,
  request: ShapeRequest,
): Promise<Definition> {
  const queryable = queryableColumns(table, request.queryableColumns);
  const named = request.columns ?? queryable;
  const columns = selectColumns(table, named, queryable ?? table.columns.map((column) => column.name));
  const condition = await compile(catalog, table, request.where, request.params);
  if (condition.plan && request.compaction) {
    throw new RequestError({ experimental_compaction: ["can't be enabled for shapes with subqueries"] });
  }
  return assemble({
    table,
    columns,
    selectsAll: named === null,
    replica: request.replica,
    log: request.log,
    ...condition,
    whereText: request.where ?? null,
    params: request.params,
  });
}

/** Makes the definition that `storedDefinition` has taken apart. The condition is compiled for the table as it was stored. */
export async function restoreDefinition(catalog: Catalog, stored: StoredDefinition): Promise<Definition> {
  const { selected, ...rest } = stored;
  const condition = await compile(catalog, stored.table, stored.whereText ?? undefined, stored.params);
  const columns = stored.table.columns.filter((column) => selected.includes(column.name));
  return assemble({ ...rest, ...condition, columns });
}

/** The parts of a definition that are stored. */
export function storedDefinition(definition: Definition): StoredDefinition {
  const { where: _, plan: __, innerTables: ___, key: ____, looseKey: _____, columns, ...rest } = definition;
  return { ...rest, selected: columns.map((column) => column.name) };
}

/**
 * The names of the columns that the subsets of a shape may use; null when they may use all.
 *
 * @throws RequestError when a name is unknown, or when the key is not among the names.
 */
export function queryableColumns(table: Table, names: string[] | undefined): string[] | null {
  if (names === undefined) return null;
  const missing = keyColumnsOf(table).filter((name) => !names.includes(name));
  if (missing.length > 0) {
    const reason = "The list of queryable columns must include all primary key columns, missing:";
    throw new RequestError({ queryable_columns: [`${reason} ${missing.join(", ")}`] });
  }
  const unknown = names.filter((name) => !table.columns.some((column) => column.name === name));
  if (unknown.length > 0) {
    const reason = "The following queryable columns are not found on the table:";
    throw new RequestError({ queryable_columns: [`${reason} ${unknown.join(", ")}`] });
  }
  return names;
}

function selectColumns(table: Table, named: string[] | null, allowed: string[]): TableColumn[] {
  const refuse = (reason: string) => new RequestError({ columns: [reason] });
  const generated = table.columns.filter((column) => column.generated).map((column) => column.name);
  const refused = "The following columns are generated and cannot be included in the shape:";
  if (named === null) {
    if (generated.length > 0) {
      const hint =
        "You can exclude them from the shape by explicitly listing which columns to fetch in the 'columns' query param";
      throw refuse(`${refused} ${generated.join(", ")}. ${hint}`);
    }
    return table.columns;
  }
  const missing = keyColumnsOf(table).filter((name) => !named.includes(name));
  if (missing.length > 0) {
    throw refuse(`The list of columns must include all primary key columns, missing: ${missing.join(", ")}`);
  }
  const left = [...allowed];
  const unknown = named.filter((name) => {
    const at = left.indexOf(name);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
  if (unknown.length > 0) {
    throw refuse(`The following columns are not found on the table: ${unknown.join(", ")}`);
  }
  const selectedGenerated = generated.filter((name) => named.includes(name));
  if (selectedGenerated.length > 0) throw refuse(`${refused} ${selectedGenerated.join(", ")}`);
  return table.columns.filter((column) => named.includes(column.name));
}

async function compile(
  catalog: Catalog,
  table: Table,
  where: string | undefined,
  params: Record<string, string>,
): Promise<Pick<Definition, "where" | "plan" | "innerTables">> {
  if (where === undefined) return { where: null, plan: null, innerTables: [] };
  const inner = new Map<number, Table>();
  const describeTable = async (schema: string | undefined, name: string) => {
    const found = await catalog.describe(schema ?? "public", name);
    if (found) inner.set(found.oid, found);
    return found;
  };
  try {
    const compiled = await compileWhere({ where, params, columns: table.columns, describeTable });
    const plan = await planFor(table, compiled, describeTable);
    return { where: compiled, plan, innerTables: [...inner.values()] };
  } catch (error) {
    if (error instanceof WhereError) throw new RequestError({ [error.field]: [error.message] });
    throw error;
  }
}

function assemble(definition: Omit<Definition, "key" | "looseKey">): Definition {
  const { table, where, columns } = definition;
  const looseKey = JSON.stringify([
    table.oid,
    table.schema,
    table.name,
    columns.map((column) => column.name),
    definition.selectsAll,
    where?.canonical ?? null,
    definition.innerTables.map((inner) => inner.oid),
    definition.replica,
    definition.log,
  ]);
  return { ...definition, key: JSON.stringify([looseKey, table.pk]), looseKey };
}

function readable<T>(field: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof IdentifierError) throw new RequestError({ [field]: [error.message] });
    throw error;
  }
}
