/** What a person is told when a constraint of a table refuses their values, and the field that the words belong to. */
export interface ConstraintWord {
  readonly message: string;
  /** The key of the input field. Absent when the constraint is about several fields. */
  readonly field?: string;
}

/** Words for a table's constraints, by the constraint's name in Postgres. Written beside the table. */
export type ConstraintWords = Readonly<Record<string, ConstraintWord>>;
