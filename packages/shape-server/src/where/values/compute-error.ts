/** A computation that Postgres would abort with an error: an overflow, a division by zero, text that is no number. */
export class ComputeError extends Error {
  override readonly name = "ComputeError";
}
