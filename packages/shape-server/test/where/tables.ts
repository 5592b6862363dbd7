import type { Column, Table } from "../../src/where/syntax/condition.ts";

function column(name: string, typeName: string, more: Partial<Column> = {}): Column {
  return { name, typeName, ...more };
}

function table(name: string, columns: Column[]): Table {
  return { schema: "public", name, columns };
}

/** The tables of the recorded conditions. */
export const tables = {
  plain: table("plain", [
    column("id", "int4"),
    column("name", "text"),
    column("n", "int4"),
    column("price", "numeric"),
    column("ok", "bool"),
    column("at", "timestamptz"),
    column("day", "date"),
  ]),
  array: table("array", [
    column("id", "int4"),
    column("tags", "_text", { elementTypeName: "text" }),
    column("nums", "_int4", { elementTypeName: "int4" }),
  ]),
  enum: table("enum", [
    column("id", "uuid"),
    column("mood", "w_mood", { enumLabels: ["sad", "ok", "happy"] }),
    column("age", "w_age", { baseTypeName: "int4" }),
    column("moods", "_w_mood", { elementTypeName: "w_mood", enumLabels: ["sad", "ok", "happy"] }),
  ]),
  users: table("users", [
    column("id", "int4"),
    column("org", "text"),
    column("active", "bool"),
    column("team", "int4"),
  ]),
  posts: table("posts", [
    column("id", "int4"),
    column("user_id", "int4"),
    column("org", "text"),
    column("title", "text"),
  ]),
};

export async function describeTable(_schema: string | undefined, name: string): Promise<Table | null> {
  return Object.values(tables).find((each) => each.name === name) ?? null;
}
