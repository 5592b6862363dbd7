import { asciiEscapes } from "~/lib/wire/ascii-escapes";

const schemaHeader = "electric-schema";

/**
 * Marks the array columns in the schema of an answer as nullable. In Postgres, `not null` forbids a null array but not
 * a null element. Electric's client applies `not null` to the elements too: the client throws on `{a,NULL}`, and the
 * whole shape stops.
 *
 * @param answer an answer to a shape request with mutable headers
 * @returns the same answer
 */
export function withNullableElements(answer: Response): Response {
  const schema: unknown = JSON.parse(answer.headers.get(schemaHeader) ?? "{}");
  if (typeof schema !== "object" || schema === null) return answer;
  const columns = Object.entries(schema);
  if (!columns.some(([, column]) => column.dims > 0 && column.not_null)) return answer;
  const nullable = columns.map(([name, column]) => [
    name,
    column.dims > 0 ? { ...column, not_null: false } : column,
  ]);
  answer.headers.set(schemaHeader, asciiEscapes(JSON.stringify(Object.fromEntries(nullable))));
  return answer;
}
