import { inspectHeader, moment, momentsHeader, parseMoments } from "~/lib/wire/moments";
import type { PushAnswer, PushedTransaction } from "~/lib/wire/push";
import type { Observer } from "./network";
import type { ServerTimes, SyncEvent } from "./sync-event";

/** Observes a request of the outbox, and notes what becomes of each edit in it. */
export function pushObserver(body: string, note: (event: SyncEvent) => void): Observer {
  const { transactions }: { transactions: PushedTransaction[] } = JSON.parse(body);
  const open = new Set<string>();
  return {
    headers: { [inspectHeader]: "1" },
    isEdit: true,
    sent: () => {
      for (const { id } of transactions) {
        open.add(id);
        note({ kind: "sent", at: moment(), id });
      }
    },
    answered: ({ headers }, text) => {
      const at = moment();
      const server = serverTimes(headers.get(momentsHeader) ?? "");
      for (const outcome of outcomesIn(text)) {
        open.delete(outcome.id);
        if ("txid" in outcome) note({ kind: "answered", at, id: outcome.id, txid: outcome.txid, server });
        else note({ kind: "refused", at, id: outcome.id, message: outcome.refusal.message });
      }
    },
    ended: () => {
      for (const id of open) note({ kind: "lost", at: moment(), id });
    },
  };
}

function outcomesIn(text: string): PushAnswer["outcomes"] {
  try {
    const answer: { result?: { data?: Partial<PushAnswer> } } = JSON.parse(text);
    return answer.result?.data?.outcomes ?? [];
  } catch {
    return [];
  }
}

function serverTimes(text: string): ServerTimes | undefined {
  const { received, answered } = parseMoments(text);
  return received === undefined || answered === undefined ? undefined : { received, answered };
}
