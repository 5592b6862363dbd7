import { asciiEscapes } from "~/lib/wire/ascii-escapes";

const schemaHeader = "electric-schema";

/**
 * Takes the promise from array columns that they hold no null: `not null` in Postgres speaks of the array and not of its
 * elements, but Electric's client throws over `{a,NULL}` in such a column, and the whole shape would stop.
 *
 * @param answer an answer to a shape request, whose headers can be set
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
