/** The tables that the model knows, by the names of their collections. */
export type TableName = "projects" | "notes" | "projectMembers";

export const tableNames: readonly TableName[] = ["projects", "notes", "projectMembers"];

/** The columns that the model compares. They are the same in a collection and in Postgres. */
export const columnsOf = {
  projects: ["ownerId", "name", "floors"],
  notes: ["authorId", "body", "sharedWith"],
  projectMembers: ["projectId", "userId"],
} as const satisfies Record<TableName, readonly string[]>;

export type Values = Readonly<Record<string, unknown>>;

/** What an edit does to one row. */
export interface RowChange {
  readonly table: TableName;
  readonly type: "insert" | "update" | "delete";
  readonly id: string;
  /** All compared columns of a new row, those that change of an old one. */
  readonly values: Values;
}

/** An edit that a person has made in a tab. */
export interface MadeEdit {
  /** The id of the client transaction. */
  readonly id: string;
  readonly userId: string;
  /** Which life of which tab of which browser made it: a tab that was loaded anew has a new life. */
  readonly life: string;
  readonly changes: readonly RowChange[];
}

/** What a tab was told about an edit. */
export type Told = { readonly saved: true } | { readonly refused: string; readonly code: string };

/** Who uses a page, and what else is there to refer to. */
export interface Person {
  readonly id: string;
  /** Another person, with whom rows are shared. */
  readonly friend: string;
}

/** What a page shows. */
export interface Shown {
  readonly waiting: readonly string[];
  readonly refused: readonly string[];
  /** What the tab says of its sync, for a person who looks for the cause of a problem. */
  readonly sync: unknown;
  readonly rows: Readonly<Record<TableName, Readonly<Record<string, Values>>>>;
}

/** What all browsers report of what happens in them. */
export interface Reports {
  readonly made: MadeEdit[];
  /** By the id of the edit. */
  readonly told: Map<string, Told>;
}
