import { keyColumnsOf, type Table, type TableColumn } from "../catalog/table.ts";
import { RequestError } from "../errors/request-error.ts";
import { compileOrderBy } from "../where/order-by.ts";
import { grammarReady } from "../where/syntax/parse.ts";
import { WhereError } from "../where/syntax/where-error.ts";
import { compileWhere } from "../where/where.ts";

/**
 * Compiles the condition and the ordering of a subset to SQL.
 *
 * @param columns the columns that the subset may use.
 * @throws RequestError when the condition or the ordering is refused.
 */
export async function compileSubset(
  table: Table,
  columns: TableColumn[],
  wanted: { where?: string; params: Record<string, string>; orderBy?: string },
): Promise<{ where?: string; orderBy?: string }> {
  try {
    await grammarReady();
    const compiled: { where?: string; orderBy?: string } = {};
    // When both have a mistake, Electric reports the one in the ordering.
    if (wanted.orderBy !== undefined) {
      compiled.orderBy = compileOrderBy(wanted.orderBy, columns, keyColumnsOf(table));
    }
    if (wanted.where !== undefined) {
      const { where, params } = wanted;
      const rules = { allowEnumLiterals: true, refuseSubqueries: true, describeTable: async () => null };
      compiled.where = (await compileWhere({ where, params, columns, ...rules })).sql;
    }
    return compiled;
  } catch (error) {
    if (error instanceof WhereError) throw new RequestError({ subset: { [error.field]: [error.message] } });
    throw error;
  }
}
