import type { Node, SelectStmt } from "@pgsql/types";
import { hasSqlDetails, loadModule, parseSync, scanSync } from "libpg-query";
import { WhereError, type WhereField, wherePrefix } from "./where-error.ts";

const orderByPrefix = "SELECT 1 ORDER BY ";

/**
 * The grammar runs as WebAssembly, whose own stack does not unwind when it overflows. Text that nests more deeply
 * is therefore refused before it is parsed.
 */
const maxNesting = 800;
const maxLength = 1_000_000;

type Clause = keyof SelectStmt;
/** Clauses that neither a condition nor an ordering may bring along. */
const foreignClauses: readonly Clause[] = [
  "distinctClause",
  "fromClause",
  "groupClause",
  "havingClause",
  "windowClause",
  "lockingClause",
  "withClause",
  "intoClause",
];

const loaded = loadModule();

/** Settles when the grammar is loaded, which `parseWhere` and `parseOrderBy` need. */
export function grammarReady(): Promise<void> {
  return loaded;
}

/**
 * Parses a condition with Postgres' own grammar.
 * @returns the tree of the expression, with locations that count `wherePrefix`
 * @throws WhereError for text that is no expression, or is followed by further clauses
 */
export function parseWhere(text: string): Node {
  const select = parseSelect(wherePrefix, text, "where", 'unescaped ";" causing statement split');
  if (hasAny(select, [...foreignClauses, "sortClause"]) || !select.whereClause) {
    throw new WhereError("malformed query ending with SQL clauses");
  }
  return select.whereClause;
}

/**
 * Parses the keys of an ORDER BY with Postgres' own grammar.
 * @returns one `SortBy` node for each key
 * @throws WhereError for the field `order_by`
 */
export function parseOrderBy(text: string): Node[] {
  const select = parseSelect(orderByPrefix, text, "order_by", "Unexpected `;` in order by");
  if (hasAny(select, [...foreignClauses, "limitCount", "limitOffset"]) || !select.sortClause) {
    throw new WhereError("malformed query ending with SQL clauses", "order_by");
  }
  return select.sortClause;
}

function hasAny(select: SelectStmt, clauses: readonly Clause[]): boolean {
  return clauses.some((clause) => Boolean(select[clause]));
}

function parseSelect(prefix: string, text: string, field: WhereField, splitReason: string): SelectStmt {
  if (text.length > maxLength) throw new WhereError("the expression is too long", field);
  if (text.includes("\0") || !text.isWellFormed()) {
    throw new WhereError('invalid byte sequence for encoding "UTF8"', field);
  }
  const sql = prefix + text;
  try {
    const { tokens } = scanSync(sql);
    refuseModernNumbers(tokens, field);
    if (nestingOf(tokens) > maxNesting) throw new WhereError("the expression is nested too deeply", field);
    const { stmts } = parseSync(sql);
    const only = stmts?.length === 1 ? stmts[0]?.stmt : undefined;
    if (!only || !("SelectStmt" in only)) throw new WhereError(splitReason, field);
    return only.SelectStmt;
  } catch (error) {
    if (error instanceof WhereError) throw error;
    throw syntaxError(error, field);
  }
}

interface Token {
  text: string;
  start: number;
}

/** Electric parses with the grammar of Postgres 15, which knows neither `0x10` nor `1_000`. */
function refuseModernNumbers(tokens: Token[], field: WhereField): void {
  const modern = tokens.find(({ text }) => /^\d.*[_xob]/i.test(text));
  if (!modern) return;
  const reason = `trailing junk after numeric literal at or near "${modern.text}"`;
  throw new WhereError(`At location ${modern.start}: ${reason}`, field);
}

function syntaxError(error: unknown, field: WhereField): WhereError {
  if (!(error instanceof Error) || !hasSqlDetails(error) || !error.sqlDetails) {
    return new WhereError("the expression cannot be parsed", field);
  }
  const { message, cursorPosition } = error.sqlDetails;
  // Electric counts its own prefix in the location of a syntax error, unlike in all other locations.
  return new WhereError(`At location ${cursorPosition}: ${message}`, field);
}

/**
 * An upper bound for the depth of the tree that the parser will build. Every bracket adds a level, and so does every
 * operator, except that a comma, AND and OR start again: they make flat lists.
 */
function nestingOf(tokens: Token[]): number {
  const open: number[] = [];
  let here = 0;
  let above = 0;
  let deepest = 0;
  for (const { text } of tokens) {
    if (text === "(" || text === "[") {
      open.push(here);
      above += here + 1;
      here = 0;
    } else if (text === ")" || text === "]") {
      here = open.pop() ?? 0;
      above = Math.max(above - here - 1, 0);
    } else if (text === "," || /^(and|or)$/i.test(text)) {
      here = 0;
    } else if (isOperator(text)) {
      here += 1;
    }
    deepest = Math.max(deepest, above + here);
  }
  return deepest;
}

function isOperator(text: string): boolean {
  return (
    !/^[\w"'$.]/.test(text) || /^(not|is|case|when|isnull|notnull|collate|at|like|ilike|select)$/i.test(text)
  );
}
