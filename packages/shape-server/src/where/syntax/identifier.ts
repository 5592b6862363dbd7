import type { Node } from "@pgsql/types";

/** The strings of a name as the grammar gives it. */
export function names(nodes: Node[] | undefined): string[] {
  return (nodes ?? []).map((node) => ("String" in node ? (node.String.sval ?? "") : ""));
}

/** A name as Electric's messages write it: quoted where it must be, without `pg_catalog`. */
export function identifier(path: string[]): string {
  const parts = path.map((part) =>
    /^[\p{Ll}_][\p{Ll}\p{Nd}_]*$/u.test(part) ? part : `"${part.replaceAll('"', '""')}"`,
  );
  return (parts.length === 2 && parts[0] === "pg_catalog" ? parts.slice(1) : parts).join(".");
}

/** An identifier for SQL, always quoted. */
export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A string literal that reads the same whatever `standard_conforming_strings` says. */
export function quoteLiteral(text: string): string {
  const quoted = `'${text.replaceAll("'", "''")}'`;
  return text.includes("\\") ? ` E${quoted.replaceAll("\\", "\\\\")}` : quoted;
}
