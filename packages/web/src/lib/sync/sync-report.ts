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

/** Sums shapes up. Nothing has been heard of none. */
export function worstOf(shapes: ShapeReport[]): SyncReport {
  const [worst] = shapes.toSorted((a, b) => order.indexOf(a.state) - order.indexOf(b.state));
  if (!worst) return { state: "connecting", shapes };
  return { state: worst.state, ...(worst.message !== undefined && { message: worst.message }), shapes };
}
