import type { Column } from "./columns.ts";
import type { Names } from "./names.ts";

/** The table to which the rows of a new table belong. */
export interface Parent {
  readonly names: Names;
  /** The column of the new table with the id of the parent: `project_id`. */
  readonly column: Column;
}

/** What a table is, apart from its names. */
export interface TableDefinition {
  readonly columns: readonly Column[];
  /** Whether rows have members, who read them too. */
  readonly shared: boolean;
  /** The table to which the rows belong. Absent when rows belong to a person. */
  readonly parent?: Parent;
  /** The roles from the least to the most, when the rows are memberships in the parent. */
  readonly roles?: readonly string[];
}
