/** The first and the last time that Electric accepts in a condition. */
const earliest = "0001-01-01T00:00:00.000Z";
const latest = "9999-12-31T23:59:59.999999Z";

/** The form of `toISOString()` for a date outside of these bounds, which includes the stand-ins for the infinities. */
const outside = /^(?:[+-]\d{6}|0000)-\d\d-\d\dT[\d:.]+Z$/;

/**
 * Rewrites a request for a part of a shape so that Electric accepts all times in its condition. A time before the first
 * or after the last accepted time becomes that bound. A query that loads rows page by page sends such a time when the
 * last row of a page holds one.
 *
 * For Electric, all times beyond a bound become one time. Electric sends the rows of that time together, like all rows
 * with equal times, and the query in the browser sorts and filters these rows.
 *
 * @param asked the request that Electric's client makes
 */
export function withinElectricsTimes(asked: RequestInfo | URL): RequestInfo | URL {
  if (asked instanceof Request) return asked;
  const url = new URL(asked);
  const sent = url.searchParams.get("subset__params");
  if (sent === null) return asked;
  const texts: Record<string, string> = JSON.parse(sent);
  let where = url.searchParams.get("subset__where") ?? "";
  for (const [number, text] of Object.entries(texts)) {
    if (!outside.test(text)) continue;
    const isLate = text.startsWith("+");
    texts[number] = isLate ? latest : earliest;
    where = orBeyond(where, Number(number), isLate ? ">=" : "<=");
  }
  url.searchParams.set("subset__params", JSON.stringify(texts));
  url.searchParams.set("subset__where", where);
  return url;
}

/**
 * Turns a condition on one time into a condition on that time and all times beyond. The collection writes a condition
 * on one time as `= $1`, or as `>= $1 AND … < $2` with a millisecond between the two.
 */
function orBeyond(where: string, number: number, operator: ">=" | "<="): string {
  const column = '"(?:[^"]|"")+"';
  const span = new RegExp(`\\((${column}) >= \\$${number} AND ${column} < \\$${number + 1}\\)`);
  return where
    .replace(new RegExp(`= \\$${number}(?!\\d)(?<![<>]= \\$${number})`), `${operator} $$${number}`)
    .replace(span, `($1 ${operator} $$${number} AND $1 ${operator} $$${number + 1})`);
}
