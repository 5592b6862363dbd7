/**
 * An error for the person at the terminal, with what went wrong and what to do next. The CLI prints both, and no stack
 * trace.
 */
export class StackError extends Error {
  override readonly name = "StackError";
  readonly nextStep: string;

  constructor(message: string, nextStep: string, options?: ErrorOptions) {
    super(message, options);
    this.nextStep = nextStep;
  }
}

/** The next step for a machine on which the embedded Postgres cannot run. */
export const useOtherServices =
  "Set DATABASE_URL and ELECTRIC_URL to use a Postgres and an Electric that run elsewhere.";
