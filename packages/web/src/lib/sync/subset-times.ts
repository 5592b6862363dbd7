/** The first and the last time that Electric understands in a condition. */
const earliest = "0001-01-01T00:00:00.000Z";
const latest = "9999-12-31T23:59:59.999999Z";

/** `toISOString()` of a date outside of these: those that stand for the infinities too. */
const outside = /^(?:[+-]\d{6}|0000)-\d\d-\d\dT[\d:.]+Z$/;

/**
 * Puts the first or the last time that Electric understands in the place of each time beyond in a request for a part of a
 * shape. A query that gets its rows page by page asks for what follows its last row, which may hold any time.
 *
 * So all times beyond one end count as one time, for Electric alone: the rows of that time are loaded together, as the
 * rows of any one time are, and the query sorts and filters them by themselves.
 *
 * @param asked the request as Electric's client makes it
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
 * Makes a condition on one time a condition on all times from there on. The collection writes the first as `= $1`, and
 * for the rows beside the last of a page as `>= $1 AND … < $2`, with a millisecond between the two.
 */
function orBeyond(where: string, number: number, operator: ">=" | "<="): string {
  const column = '"(?:[^"]|"")+"';
  const span = new RegExp(`\\((${column}) >= \\$${number} AND ${column} < \\$${number + 1}\\)`);
  return where
    .replace(new RegExp(`= \\$${number}(?!\\d)(?<![<>]= \\$${number})`), `${operator} $$${number}`)
    .replace(span, `($1 ${operator} $$${number} AND $1 ${operator} $$${number + 1})`);
}
