/** What is wrong with a request, by parameter: `{ offset: ["can't be blank"] }`. Answered with status 400. */
export class RequestError extends Error {
  readonly errors: Record<string, unknown>;
  constructor(errors: Record<string, unknown>) {
    super(`Invalid request: ${JSON.stringify(errors)}`);
    this.errors = errors;
  }
}
