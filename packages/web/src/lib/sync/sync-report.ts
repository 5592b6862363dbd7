/** `connecting` until the first whole answer, then `live` while the server is heard of. */
export type SyncState = "connecting" | "live" | "offline" | "error";

/** How the sync of one shape is doing. */
export interface ShapeReport {
  name: string;
  state: SyncState;
  /**
   * What is wrong and what happens next, for a person to read. Absent while nothing is wrong. A `live` shape has one when
   * some of its values cannot be read.
   */
  message?: string;
}

/** How the sync as a whole is doing: as the worst of the shapes. */
export interface SyncReport {
  state: SyncState;
  message?: string;
  shapes: ShapeReport[];
}

/** From the worst to the best. */
const order: SyncState[] = ["error", "offline", "connecting", "live"];

/** Sums shapes up. Nothing has been heard of none. Of two in the same state, the one with something to say is worse. */
export function worstOf(shapes: ShapeReport[]): SyncReport {
  const [worst] = shapes.toSorted(
    (a, b) =>
      order.indexOf(a.state) - order.indexOf(b.state) ||
      Number(b.message !== undefined) - Number(a.message !== undefined),
  );
  if (!worst) return { state: "connecting", shapes };
  return { state: worst.state, ...(worst.message !== undefined && { message: worst.message }), shapes };
}

/** What a person reads beside the page: what is wrong, and with which shapes when others are well. */
export function noticeOf({ message, shapes }: SyncReport): string | undefined {
  if (message === undefined) return undefined;
  const affected = shapes.filter((shape) => shape.message === message);
  if (affected.length === shapes.length) return message;
  return `${affected.map(({ name }) => name).join(", ")}: ${message}`;
}

/** Whether there is more to say than the word for the worst state. */
export function hasDetails({ message, shapes }: SyncReport): boolean {
  return shapes.length > 1 || message !== undefined;
}
