import type { Definition } from "../definition/definition.ts";
import type { ShapeLog } from "../log/shape-log.ts";
import type { Snapshot } from "../postgres/visibility.ts";

/** What this room needs to know of a shape whose condition has sub-queries. */
export interface MovingShape {
  readonly handle: string;
  readonly definition: Definition;
  readonly log: ShapeLog;
  /** What the shape's snapshot shows; null until the snapshot is taken. */
  readonly snapshot: Snapshot | null;
  /** True once the shape has ended. */
  readonly isRetired: boolean;
}
