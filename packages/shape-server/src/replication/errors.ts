/** The server cannot run against this database until somebody changes something there. */
export class SetupError extends Error {
  readonly advice: string;
  constructor(message: string, advice: string, options?: ErrorOptions) {
    super(message, options);
    this.advice = advice;
  }
}

/** Another server has the replication slot. */
export class SlotTakenError extends Error {}

/** What is to be done about a failure of the replication stream. */
export type Remedy =
  /** Nothing helps but a person. */
  | "give-up"
  /** Somebody else has the slot: wait until it is free. */
  | "wait"
  /** The slot or the publication is lost: make them again, and let all shapes start again. */
  | "recreate"
  /** The connection broke: try again. */
  | "reconnect";

/**
 * Decides what to do about a failure of the stream, by Postgres' error codes:
 * https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
export function remedyFor(error: unknown): Remedy {
  if (error instanceof SetupError) return "give-up";
  if (error instanceof SlotTakenError) return "wait";
  const code = codeOf(error);
  const message = error instanceof Error ? error.message : "";
  if (code === "55006") return "wait";
  // undefined_object: the slot or the publication is not there
  if (code === "42704") return "recreate";
  // the slot was invalidated, since its WAL is gone
  if (code === "55000" && /slot/.test(message)) return "recreate";
  return "reconnect";
}

/** Says what a refusal by the database means to whoever set it up. */
export function explain(error: unknown): unknown {
  const message = error instanceof Error ? error.message : String(error);
  switch (codeOf(error)) {
    case "28P01":
    case "28000":
      return new SetupError(
        `The database refuses the connection: ${message}.`,
        "Check the user, the password and pg_hba.conf; the role needs REPLICATION.",
        { cause: error },
      );
    case "3D000":
      return new SetupError(`${message}.`, "Check the name of the database in DATABASE_URL.", {
        cause: error,
      });
    case "42501":
      return new SetupError(
        `The role may not do what replication takes: ${message}.`,
        "Give it the REPLICATION attribute, CREATE on the database and ownership of the tables.",
        { cause: error },
      );
    case "53400":
      return new SetupError(`${message}.`, "Raise max_replication_slots, or drop a slot that nobody uses.", {
        cause: error,
      });
    default:
      return error;
  }
}

export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}
