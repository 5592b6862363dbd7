/** The name of the shape that a path asks for, with or without a query. */
export function shapeOf(path: string): string {
  return path.replace(/^\/api\//, "").replace(/\?.*/, "");
}
