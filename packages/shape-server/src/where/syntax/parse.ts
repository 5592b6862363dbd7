import type { Node, SelectStmt } from "@pgsql/types";
import { hasSqlDetails, loadModule, parseSync, scanSync } from "libpg-query";
import { WHERE_PREFIX, WhereError, type WhereField } from "./where-error.ts";

const ORDER_BY_PREFIX = "SELECT 1 ORDER BY ";

/** The grammar is WebAssembly with a stack of its own that an exception would not unwind: refuse before it overflows. */
const MAX_NESTING = 800;
const MAX_LENGTH = 1_000_000;

const loaded = loadModule();

/** Waits for the grammar; `parseWhere` and `parseOrderBy` need it. */
export function grammarReady(): Promise<void> {
  return loaded;
}

/** Parses a condition with Postgres' own grammar. Throws WhereError. */
export function parseWhere(text: string): Node {
  const select = parseSelect(WHERE_PREFIX, text, "where", 'unescaped ";" causing statement split');
  const extra = select.distinctClause ?? select.fromClause ?? select.groupClause ?? select.havingClause;
  const more = select.windowClause ?? select.sortClause ?? select.lockingClause ?? select.withClause;
  if (extra || more || select.intoClause || !select.whereClause) {
    throw new WhereError("malformed query ending with SQL clauses");
  }
  return select.whereClause;
}

/** Parses the keys of an ORDER BY. Throws WhereError. */
export function parseOrderBy(text: string): Node[] {
  const select = parseSelect(ORDER_BY_PREFIX, text, "order_by", "Unexpected `;` in order by");
  const extra = select.distinctClause ?? select.fromClause ?? select.groupClause ?? select.havingClause;
  const more = select.windowClause ?? select.lockingClause ?? select.withClause ?? select.limitCount;
  if (extra || more || select.limitOffset || select.intoClause || !select.sortClause) {
    throw new WhereError("malformed query ending with SQL clauses", "order_by");
  }
  return select.sortClause;
}

function parseSelect(prefix: string, text: string, field: WhereField, split: string): SelectStmt {
  if (text.length > MAX_LENGTH) throw new WhereError("the expression is too long", field);
  if (text.includes("\0") || !text.isWellFormed()) {
    throw new WhereError('invalid byte sequence for encoding "UTF8"', field);
  }
  const sql = prefix + text;
  try {
    const { tokens } = scanSync(sql);
    // Electric's grammar is that of Postgres 15, which has neither
    const modern = tokens.find(({ text }) => /^\d.*[_xob]/i.test(text));
    if (modern) {
      const told = `trailing junk after numeric literal at or near "${modern.text}"`;
      throw new WhereError(`At location ${modern.start}: ${told}`, field);
    }
    if (nesting(tokens) > MAX_NESTING) throw new WhereError("the expression is nested too deeply", field);
    const { stmts } = parseSync(sql);
    const only = stmts?.length === 1 ? stmts[0]?.stmt : undefined;
    if (!only || !("SelectStmt" in only)) throw new WhereError(split, field);
    return only.SelectStmt;
  } catch (error) {
    if (error instanceof WhereError) throw error;
    throw syntaxError(error, field);
  }
}

function syntaxError(error: unknown, field: WhereField): WhereError {
  if (!(error instanceof Error)) return new WhereError("the expression cannot be parsed", field);
  if (!hasSqlDetails(error) || !error.sqlDetails)
    return new WhereError("the expression cannot be parsed", field);
  const { message, cursorPosition } = error.sqlDetails;
  // Unlike the other places, Electric tells this one with its own prefix counted.
  return new WhereError(`At location ${cursorPosition}: ${message}`, field);
}

/**
 * An upper bound of how deep the grammar will nest: brackets, and operators that follow each other without
 * a comma, AND or OR between them (those make flat lists).
 */
function nesting(tokens: { text: string }[]): number {
  const open: number[] = [];
  let here = 0;
  let above = 0;
  let deepest = 0;
  for (const token of tokens) {
    const text = token.text;
    if (text === "(" || text === "[") {
      open.push(here);
      above += here + 1;
      here = 0;
    } else if (text === ")" || text === "]") {
      here = open.pop() ?? 0;
      above = Math.max(above - here - 1, 0);
    } else if (text === "," || /^(and|or)$/i.test(text)) {
      here = 0;
    } else if (
      !/^[\w"'$.]/.test(text) ||
      /^(not|is|case|when|isnull|notnull|collate|at|like|ilike|select)$/i.test(text)
    ) {
      here += 1;
    }
    deepest = Math.max(deepest, above + here);
  }
  return deepest;
}
