/** `connecting` until the first complete answer, then `live` while data from the server arrives. */
export type SyncState = "connecting" | "live" | "offline" | "error";

/** The state of the sync of one shape. */
export interface ShapeReport {
  name: string;
  state: SyncState;
  /**
   * What is wrong and what happens next, for a person to read. Absent while nothing is wrong. A `live` shape has a
   * message when some of its values cannot be read.
   */
  message?: string;
  /** When the shown rows were what the server held, in milliseconds since 1970. Only while they are those of the last visit. */
  asOf?: number;
}

/** The state of the sync as a whole, which is the state of the worst shape. */
export interface SyncReport {
  state: SyncState;
  message?: string;
  /** The moment of the oldest rows of the last visit that the page still shows, in milliseconds since 1970. */
  asOf?: number;
  shapes: ShapeReport[];
}

/** From the worst to the best. */
const order: SyncState[] = ["error", "offline", "connecting", "live"];

/** Sums up the shapes. Without shapes the state is `connecting`. In the same state, a shape with a message is worse. */
export function worstOf(shapes: ShapeReport[]): SyncReport {
  const [worst] = shapes.toSorted(
    (a, b) =>
      order.indexOf(a.state) - order.indexOf(b.state) ||
      Number(b.message !== undefined) - Number(a.message !== undefined),
  );
  if (!worst) return { state: "connecting", shapes };
  const moments = shapes.flatMap(({ asOf }) => asOf ?? []);
  return {
    state: worst.state,
    ...(worst.message !== undefined && { message: worst.message }),
    ...(moments.length > 0 && { asOf: Math.min(...moments) }),
    shapes,
  };
}

/** The notice for the page: the message, with the names of the affected shapes when other shapes are well. */
export function noticeOf({ message, shapes }: SyncReport): string | undefined {
  if (message === undefined) return undefined;
  const affected = shapes.filter((shape) => shape.message === message);
  if (affected.length === shapes.length) return message;
  return `${affected.map(({ name }) => name).join(", ")}: ${message}`;
}

/** Whether a list of the shapes would show more than the word for the worst state. */
export function hasDetails({ message, shapes }: SyncReport): boolean {
  return shapes.length > 1 || (shapes.length > 0 && message !== undefined);
}
