import { aborted } from "~/lib/sync/pause";

/** The lock that a tab holds on its queue for as long as it lives. Whoever has the lock may send the queue's edits. */
const lockPrefix = (userId: string) => `tracer-outbox:${userId}:`;

/** What the locks are about: whose queues, which one is this tab's, and until when. */
interface Ownership {
  userId: string;
  /** This tab's queue. */
  own: string;
  signal: AbortSignal;
  /**
   * Takes over a queue whose tab has gone. The lock is held until the promise settles, so that nobody else sends the
   * same edits meanwhile.
   */
  takeOver: (queue: string, looked: () => void) => Promise<void>;
}

/**
 * Holds the lock of this tab's queue, and takes over the queues of tabs that have gone: those that it is told of now,
 * and later that of any tab of this user that is open at the same time.
 *
 * @param left queues of which edits are left
 * @returns when every queue of `left` that is free has been looked at
 */
export async function ownQueues(ownership: Ownership, left: readonly string[]): Promise<void> {
  const { userId, own, signal } = ownership;
  if (typeof navigator === "undefined" || !navigator.locks) {
    // Without locks nothing tells whether a tab is still there. Only what this page itself has left can be here.
    await Promise.all(left.map((queue) => new Promise<void>((done) => void ownership.takeOver(queue, done))));
    return;
  }
  const watched = new Set([own]);
  const watch = (queue: string) => {
    if (watched.has(queue)) return;
    watched.add(queue);
    void whenFree(ownership, queue);
  };
  hold(ownership, own);
  const channel = new BroadcastChannel(`${lockPrefix(userId)}opened`);
  channel.addEventListener("message", ({ data }) => watch(String(data)));
  signal.addEventListener("abort", () => channel.close(), { once: true });
  channel.postMessage(own);
  await Promise.all(left.filter((queue) => queue !== own).map((queue) => ifFree(ownership, queue)));
  for (const queue of [...left, ...(await openQueues(userId))]) watch(queue);
}

/** The queues of tabs that are open. */
async function openQueues(userId: string): Promise<string[]> {
  const { held = [] } = await navigator.locks.query();
  const prefix = lockPrefix(userId);
  return held.flatMap(({ name = "" }) => (name.startsWith(prefix) ? [name.slice(prefix.length)] : []));
}

function hold({ userId, signal }: Ownership, queue: string): void {
  void navigator.locks.request(lockPrefix(userId) + queue, () => aborted(signal));
}

async function ifFree({ userId, signal, takeOver }: Ownership, queue: string): Promise<void> {
  await new Promise<void>((looked) => {
    void navigator.locks.request(lockPrefix(userId) + queue, { ifAvailable: true }, async (lock) => {
      if (lock) await Promise.race([takeOver(queue, looked), aborted(signal)]);
      looked();
    });
  });
}

async function whenFree({ userId, signal, takeOver }: Ownership, queue: string): Promise<void> {
  await navigator.locks
    .request(lockPrefix(userId) + queue, { signal }, () =>
      Promise.race([takeOver(queue, () => {}), aborted(signal)]),
    )
    // The wait ends with the outbox.
    .catch(() => {});
}
