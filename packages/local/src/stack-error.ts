/** Something a person has to know or do: what went wrong, and the next step. The CLI prints both without a stack trace. */
export class StackError extends Error {
  override readonly name = "StackError";
  readonly nextStep: string;

  constructor(message: string, nextStep: string, options?: ErrorOptions) {
    super(message, options);
    this.nextStep = nextStep;
  }
}

/** The next step for a machine on which the embedded Postgres cannot run. */
export const USE_OTHER_SERVICES =
  "Set DATABASE_URL and ELECTRIC_URL to use a Postgres and an Electric that run elsewhere.";
