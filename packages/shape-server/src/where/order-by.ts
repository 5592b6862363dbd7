import type { Node } from "@pgsql/types";
import { quoteIdentifier } from "../catalog/identifiers.ts";
import type { Column } from "./syntax/condition.ts";
import { displayName, namePath } from "./syntax/names.ts";
import type { NodeOf } from "./syntax/node.ts";
import { parseOrderBy } from "./syntax/parse.ts";
import { WhereError } from "./syntax/where-error.ts";

const directions: Record<string, string> = { SORTBY_ASC: " ASC", SORTBY_DESC: " DESC" };
const nullPlaces: Record<string, string> = {
  SORTBY_NULLS_FIRST: " NULLS FIRST",
  SORTBY_NULLS_LAST: " NULLS LAST",
};

/**
 * Compiles the keys of an ORDER BY to safe SQL. A key is a column, or `1`, each with a direction and a place for NULL.
 * To Electric `1` is the row as text, which begins with the row's key, so the columns of the key stand in for `1`.
 * @param columns the columns that the ordering may use
 * @param key the names of the columns that make the key of a row
 * @returns the text behind ORDER BY, every identifier quoted
 * @throws WhereError for the field `order_by`. `grammarReady()` must have settled before.
 */
export function compileOrderBy(text: string, columns: readonly Column[], key: readonly string[]): string {
  const known = new Set(columns.map((column) => column.name));
  return parseOrderBy(text)
    .flatMap((sort) => compileKey("SortBy" in sort ? sort.SortBy : {}, known, key))
    .join(", ");
}

function compileKey(
  { node, sortby_dir, sortby_nulls }: NodeOf<"SortBy">,
  known: ReadonlySet<string>,
  key: readonly string[],
): string[] {
  const order = `${directions[sortby_dir ?? ""] ?? ""}${nullPlaces[sortby_nulls ?? ""] ?? ""}`;
  if (node && isFirstColumn(node)) return key.map((name) => `${quoteIdentifier(name)}::text${order}`);
  if (!node || !("ColumnRef" in node)) throw refusedKey(node);
  const { fields, location } = node.ColumnRef;
  const star = fields?.find((field) => !("String" in field));
  if (star) throw refusedAt(0, `${Object.keys(star)[0]} is not supported in this context`);
  const path = namePath(fields);
  const [name = ""] = path;
  if (path.length !== 1 || !known.has(name)) {
    throw refusedAt(location, `unknown reference ${displayName(path)}`);
  }
  if (sortby_dir === "SORTBY_USING") {
    throw refusedAt(location, "USING is not supported in ORDER BY clauses");
  }
  return [`${quoteIdentifier(name)}${order}`];
}

/** `ORDER BY 1` means the first column of the result. */
function isFirstColumn(node: Node): boolean {
  return "A_Const" in node && node.A_Const.ival?.ival === 1;
}

function refusedKey(node: object | undefined): WhereError {
  const [kind = "Node", body] = Object.entries(node ?? {})[0] ?? [];
  if (kind === "ParamRef") {
    return refusedAt(body.location, `parameter $${body.number} is not supported in ORDER BY clauses`);
  }
  return refusedAt(body?.location, `${kind} expressions are not allowed in ORDER BY clauses`);
}

/** Electric's locations in orderings count the prefix of the parsed statement, unlike those in conditions. */
function refusedAt(location: number | undefined, reason: string): WhereError {
  return new WhereError(`At location ${location ?? 0}: ${reason}`, "order_by");
}
