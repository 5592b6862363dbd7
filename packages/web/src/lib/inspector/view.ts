import type { SyncState } from "~/lib/sync/sync-report";
import type { LineTraffic } from "./line-log";
import { noLineTraffic } from "./line-log";
import { type Faults, noFaults } from "./network";
import type { Tabs } from "./other-tabs";
import type { ShapeTraffic } from "./shape-traffic";
import type { Timelines } from "./write";

/** A shape as this tab holds it. */
export interface ShapeView extends ShapeTraffic {
  readonly name: string;
  /** Undefined while no collection asks for the shape. */
  readonly state: SyncState | undefined;
  readonly message: string | undefined;
  readonly rows: number;
}

/** Everything that the inspector shows. */
export interface InspectorView extends Timelines {
  readonly shapes: readonly ShapeView[];
  readonly line: LineTraffic;
  readonly tabs: Tabs;
  readonly faults: Faults;
}

export const emptyView: InspectorView = {
  writes: [],
  clock: undefined,
  shapes: [],
  line: noLineTraffic,
  tabs: { leader: undefined, others: 0 },
  faults: noFaults,
};
