/** The channel between the inspectors and all tabs of a user in one browser. */
export const inspectorChannel = (userId: string) => `tracer-inspector:${userId}`;

/** A message between the inspectors and the tabs. */
export type InspectorMessage =
  /** An inspector is open: every tab is to report what it sees. */
  | { readonly kind: "look" }
  /** A collection of a tab has the rows of a transaction. `at` is in milliseconds since 1970. */
  | { readonly kind: "seen"; readonly tab: string; readonly txid: number; readonly at: number };
