/** The server cannot run against this database or directory until a person changes something there. */
export class SetupError extends Error {
  /** What the person can do, as one or more sentences. */
  readonly advice: string;
  constructor(message: string, advice: string, options?: ErrorOptions) {
    super(message, options);
    this.advice = advice;
  }
}
