/** The `code` of an error: a SQLSTATE when Postgres reported it, a name such as `ENOENT` when the system did. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}
