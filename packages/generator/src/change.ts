/** A file's text before and after. A file without `before` is created, a file without `after` is deleted. */
export interface Change {
  /** From the project's root, with slashes. */
  readonly path: string;
  readonly before?: string;
  readonly after?: string;
}
