import type { Column } from "./columns.ts";

/** What a table is, apart from its names. */
export interface TableDefinition {
  readonly columns: readonly Column[];
  /** Whether rows have members, who read them too. */
  readonly shared: boolean;
}
