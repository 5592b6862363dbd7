/** The value of a parameter: a text, a list (`name[]=text`) or a map (`name[key]=text`). */
export type Value = string | Value[] | { [key: string]: Value };

/** The parameters of a query string. */
export interface Query {
  [name: string]: Value;
}

/** The query string is not well-formed. */
export class QueryError extends Error {}

/**
 * Reads a query string as Electric's web framework does: the last of repeated parameters counts, `a[b]=c` makes a map,
 * `a[]=b` makes a list, and a plus is a space.
 *
 * @throws QueryError
 */
export function parseQuery(text: string): Query {
  const query: Query = Object.create(null);
  for (const pair of text.split("&")) {
    if (pair === "") continue;
    const at = pair.indexOf("=");
    const name = decode(at < 0 ? pair : pair.slice(0, at));
    const value = at < 0 ? "" : decode(pair.slice(at + 1));
    const nested = /^([^[]+)((?:\[[^\]]*\])+)$/.exec(name);
    const [, outer = name, brackets = ""] = nested ?? [];
    const keys = [...brackets.matchAll(/\[([^\]]*)\]/g)].map(([, key = ""]) => key);
    query[outer] = put(query[outer], keys, value);
  }
  return query;
}

/** Puts a value at the place that the keys lead to; an empty key appends to a list. */
function put(known: Value | undefined, [key, ...rest]: string[], value: string): Value {
  if (key === undefined) return value;
  if (key === "") return [...(Array.isArray(known) ? known : []), put(undefined, rest, value)];
  const map: Query = typeof known === "object" && !Array.isArray(known) ? known : Object.create(null);
  map[key] = put(map[key], rest, value);
  return map;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    throw new QueryError(`invalid percent-encoding in "${text.slice(0, 100)}"`);
  }
}
