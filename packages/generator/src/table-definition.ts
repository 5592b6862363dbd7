import type { Column } from "./columns.ts";
import type { Parent } from "./parent-table.ts";

/** What a table is, apart from its names. */
export interface TableDefinition {
  readonly columns: readonly Column[];
  /** Whether rows have members, who read them too. */
  readonly shared: boolean;
  /** The table to which the rows belong. Absent when rows belong to a person. */
  readonly parent?: Parent;
}
