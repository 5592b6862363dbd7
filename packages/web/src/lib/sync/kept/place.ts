/** The name under which Electric's collection notes its place in the shape's log, beside the rows of the collection. */
export const placeKey = "electric:resume";

/** A place in the log of a shape. The collection that noted the place has fields of its own in it. */
export interface Place {
  readonly kind: "resume";
  readonly handle: string;
  readonly offset: string;
  /** When the rows were complete up to this place, in milliseconds since 1970. */
  readonly updatedAt: number;
}

/** Whether the value is a place. The collection notes something else while it loads the shape anew. */
export function isPlace(value: unknown): value is Place {
  if (typeof value !== "object" || value === null) return false;
  const { kind, handle, offset, updatedAt } = value as Record<string, unknown>;
  const isText = typeof handle === "string" && typeof offset === "string";
  return kind === "resume" && isText && typeof updatedAt === "number" && Number.isFinite(updatedAt);
}

export function isSamePlace(one: Place, other: Place): boolean {
  return one.handle === other.handle && one.offset === other.offset;
}
