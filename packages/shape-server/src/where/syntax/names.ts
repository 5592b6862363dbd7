import type { Node } from "@pgsql/types";
import { quoteIdentifier } from "../../catalog/identifiers.ts";

/** The parts of a qualified name in the parsed tree: `pg_catalog.lower` gives `["pg_catalog", "lower"]`. */
export function namePath(nodes: Node[] | undefined): string[] {
  return (nodes ?? []).map((node) => ("String" in node ? (node.String.sval ?? "") : ""));
}

/** A name as Electric writes it in messages: quoted where Postgres needs quotes, and without `pg_catalog`. */
export function displayName(path: string[]): string {
  const parts = path.map((part) =>
    /^[\p{Ll}_][\p{Ll}\p{Nd}_]*$/u.test(part) ? part : quoteIdentifier(part),
  );
  return (parts.length === 2 && parts[0] === "pg_catalog" ? parts.slice(1) : parts).join(".");
}
