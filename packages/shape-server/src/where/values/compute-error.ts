/** What Postgres would raise while it computes: overflow, division by zero, text that is no number. */
export class ComputeError extends Error {
  override readonly name = "ComputeError";
}
