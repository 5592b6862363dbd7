import { collectionsFor } from "~/lib/collections";
import type { LineMessage } from "~/lib/sync/line/line-message";
import { lineChannel } from "~/lib/sync/line/line-names";
import { moment } from "~/lib/wire/moments";
import { type InspectorMessage, inspectorChannel } from "./inspector-channel";
import { shapeOf } from "./shape-name";
import { arrivalsIn } from "./shape-traffic";

/** Tells this tab from the others in messages. */
export const thisTab = crypto.randomUUID();

/** How long a tab reports after an inspector has asked for the last time, in milliseconds. */
const reportsFor = 30_000;

/** How long a report waits for a collection to get rows that have arrived, in milliseconds. */
const seenWithin = 60_000;

/** Reports end when their timer does. */
const reports = new Map<string, { timer: ReturnType<typeof setTimeout>; end: () => void }>();

/**
 * Reports to the inspectors of other tabs when the collections of this tab have the rows of a transaction. The reports
 * end by themselves when no inspector asks any more.
 */
export function report(userId: string): void {
  const running = reports.get(userId);
  if (running) {
    clearTimeout(running.timer);
    running.timer = setTimeout(running.end, reportsFor);
    return;
  }
  const { monitor } = collectionsFor(userId);
  const line = new BroadcastChannel(lineChannel(userId));
  const channel = new BroadcastChannel(inspectorChannel(userId));
  const end = () => {
    reports.delete(userId);
    line.close();
    channel.close();
  };
  reports.set(userId, { timer: setTimeout(end, reportsFor), end });
  monitor.signal.addEventListener("abort", end);
  line.addEventListener("message", ({ data }: MessageEvent<LineMessage>) => {
    if (data.kind !== "answer") return;
    for (const { txid } of arrivalsIn(data.answer.body)) {
      void hasRows(userId, shapeOf(data.place), txid).then((at) => {
        if (at === undefined || monitor.signal.aborted) return;
        const seen: InspectorMessage = { kind: "seen", tab: thisTab, txid, at };
        channel.postMessage(seen);
      });
    }
  });
}

/**
 * Waits until a collection has the rows of a transaction.
 *
 * @returns when the collection had them, in milliseconds since 1970. Undefined when the rows do not come in time
 */
export async function hasRows(userId: string, name: string, txid: number): Promise<number | undefined> {
  const collection = collectionsFor(userId).outbox.writers.named(name);
  const isThere = await collection?.utils.awaitTxId?.(txid, seenWithin).catch(() => false);
  return isThere ? moment() : undefined;
}
