/** The message for a person whose values a constraint of a table refuses, and the field of the message. */
export interface ConstraintWord {
  readonly message: string;
  /** The key of the input field. Absent when the constraint is about several fields. */
  readonly field?: string;
}

/** The messages for constraints of a table, by the name of the constraint in Postgres. Keep these beside the table. */
export type ConstraintWords = Readonly<Record<string, ConstraintWord>>;
