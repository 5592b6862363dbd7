/** An identifier, or a list of identifiers, cannot be read. The message is for the client. */
export class IdentifierError extends Error {}

/** Postgres cuts off longer names, and Electric refuses them. */
const maxLength = 63;

/**
 * Reads a table name as the `table` parameter carries it: `name`, `schema.name`, each part quoted or not.
 * Unquoted parts fold to lower case, and the schema defaults to `public`.
 *
 * @throws IdentifierError
 */
export function parseTable(text: string): { schema: string; name: string } {
  const parts = splitOutsideQuotes(text, ".");
  if (parts.length > 2)
    throw new IdentifierError(`Invalid relation identifier, too many delimiters: ${text}`);
  const [first = "", second] = parts.map(parseIdentifier);
  return second === undefined ? { schema: "public", name: first } : { schema: first, name: second };
}

/**
 * Reads a comma-separated list of column names.
 *
 * @throws IdentifierError
 */
export function parseColumns(text: string): string[] {
  return splitOutsideQuotes(text, ",").map(parseIdentifier);
}

function parseIdentifier(text: string): string {
  const name = unquote(text);
  if ([...graphemes.segment(name)].length > maxLength) {
    throw new IdentifierError(`Identifier is too long (max length is ${maxLength})`);
  }
  return name;
}

const graphemes = new Intl.Segmenter();

function unquote(text: string): string {
  if (/^"?"?$/.test(text)) throw new IdentifierError("Invalid zero-length delimited identifier");
  if (text.startsWith('"') && text.endsWith('"')) {
    const inner = text.slice(1, -1);
    if (/(?<!")"(?!")/.test(inner)) {
      throw new IdentifierError(`Invalid identifier with unescaped quote: ${inner}`);
    }
    return inner.replaceAll('""', '"');
  }
  if (!/^[\p{L}_][\p{L}\p{M}\w$]*$/u.test(text)) {
    throw new IdentifierError(`Invalid unquoted identifier contains special characters: ${text}`);
  }
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** Splits at `delimiter`, except inside double quotes. */
function splitOutsideQuotes(text: string, delimiter: string): string[] {
  const parts: string[] = [];
  let quoted = false;
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '"') quoted = !quoted;
    else if (text[i] === delimiter && !quoted) {
      parts.push(text.slice(start, i));
      start = i + 1;
    }
  }
  parts.push(text.slice(start));
  return parts;
}

/** The name as an SQL identifier, which is always quoted. */
export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** The name of a table with its schema, as SQL. */
export function quoteTable(table: { schema: string; name: string }): string {
  return `${quoteIdentifier(table.schema)}.${quoteIdentifier(table.name)}`;
}
