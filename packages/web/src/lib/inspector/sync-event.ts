/**
 * What the inspector notices. Times are in milliseconds since 1970, with fractions, on the clock of this browser, so that
 * tabs can compare them.
 */
export type SyncEvent =
  /** The outbox took an edit of this tab. The collection shows the edit in the same turn of the event loop. */
  | { readonly kind: "queued"; readonly at: number; readonly id: string; readonly what: string }
  /** The browser painted the first frame after the edit. */
  | { readonly kind: "shown"; readonly at: number; readonly id: string }
  /** A request with the edit left this tab. An edit whose answer is lost is sent again. */
  | { readonly kind: "sent"; readonly at: number; readonly id: string }
  /** The request with the edit got no answer of the app. */
  | { readonly kind: "lost"; readonly at: number; readonly id: string }
  /** The server answered that the edit is saved. */
  | {
      readonly kind: "answered";
      readonly at: number;
      readonly id: string;
      readonly txid: number;
      readonly server: ServerTimes | undefined;
    }
  | { readonly kind: "refused"; readonly at: number; readonly id: string; readonly message: string }
  /** Changes of a transaction came to this tab. */
  | {
      readonly kind: "arrived";
      readonly at: number;
      readonly shape: string;
      readonly txid: number;
      /** The place of the change in the replication stream. */
      readonly lsn: string | undefined;
      /** When Electric's answer reached the app's server, on the server's clock. */
      readonly servedAt: number | undefined;
    }
  /** A collection of this tab has the rows of a transaction. */
  | { readonly kind: "confirmed"; readonly at: number; readonly txid: number }
  /** A collection of another tab has the rows of a transaction. */
  | { readonly kind: "seen"; readonly at: number; readonly tab: string; readonly txid: number };

/** What the server says about a push, on the server's clock. */
export interface ServerTimes {
  readonly received: number;
  /** When the answer was ready: a moment after the commit. */
  readonly answered: number;
}
