import type { Node } from "@pgsql/types";
import type { Column } from "./syntax/condition.ts";
import { identifier, names, quoteIdentifier } from "./syntax/identifier.ts";
import { parseOrderBy } from "./syntax/parse.ts";
import { WhereError } from "./syntax/where-error.ts";

const DIRECTIONS: Record<string, string> = { SORTBY_ASC: " ASC", SORTBY_DESC: " DESC" };
const NULLS: Record<string, string> = {
  SORTBY_NULLS_FIRST: " NULLS FIRST",
  SORTBY_NULLS_LAST: " NULLS LAST",
};

/**
 * Compiles the keys of an ORDER BY: plain columns with a direction and a place for NULL, and `1`, which breaks ties:
 * it stands for the text of the row, which begins with its key. `grammarReady()` must have settled. Throws WhereError.
 * @param key the columns that make the key of a row
 */
export function compileOrderBy(text: string, columns: Column[], key: string[]): string {
  const known = new Set(columns.map((column) => column.name));
  return parseOrderBy(text)
    .flatMap((sort) => {
      const { node, sortby_dir, sortby_nulls } = "SortBy" in sort ? sort.SortBy : {};
      const how = `${DIRECTIONS[sortby_dir ?? ""] ?? ""}${NULLS[sortby_nulls ?? ""] ?? ""}`;
      if (node && isFirst(node)) return key.map((name) => `${quoteIdentifier(name)}::text${how}`);
      if (!node || !("ColumnRef" in node)) throw refusedKey(node);
      const star = node.ColumnRef.fields?.find((field) => !("String" in field));
      if (star) throw refused(0, `${Object.keys(star)[0]} is not supported in this context`);
      const path = names(node.ColumnRef.fields);
      if (path.length !== 1 || !known.has(path[0] ?? "")) {
        throw refused(node.ColumnRef.location, `unknown reference ${identifier(path)}`);
      }
      if (sortby_dir === "SORTBY_USING")
        throw refused(node.ColumnRef.location, "USING is not supported in ORDER BY clauses");
      return `${quoteIdentifier(path[0] ?? "")}${how}`;
    })
    .join(", ");
}

/** The first column of what is selected, which is all of it. */
function isFirst(node: Node): boolean {
  return "A_Const" in node && node.A_Const.ival?.ival === 1;
}

function refusedKey(node: object | undefined): WhereError {
  const [kind = "Node", body] = Object.entries(node ?? {})[0] ?? [];
  if (kind === "ParamRef")
    return refused(body.location, `parameter $${body.number} is not supported in ORDER BY clauses`);
  return refused(body?.location, `${kind} expressions are not allowed in ORDER BY clauses`);
}

/** Unlike those of conditions, these places count Electric's own prefix. */
function refused(location: number | undefined, reason: string): WhereError {
  return new WhereError(`At location ${location ?? 0}: ${reason}`, "order_by");
}
