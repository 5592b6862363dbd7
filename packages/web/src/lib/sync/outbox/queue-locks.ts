import { aborted } from "~/lib/sync/pause";

/** A tab holds the lock on its own queue until the tab closes. The holder of a lock may send the edits of the queue. */
const lockPrefix = (userId: string) => `tracer-outbox:${userId}:`;

/** The user whose queues are locked, the queue of this tab, and the signal that releases all locks. */
interface Ownership {
  userId: string;
  /** This tab's queue. */
  own: string;
  signal: AbortSignal;
  /**
   * Takes over the queue of a closed tab. The lock is held until the promise settles, so that no other tab sends the
   * same edits meanwhile.
   *
   * @param looked call when the edits of the queue are loaded
   */
  takeOver: (queue: string, looked: () => void) => Promise<void>;
}

/**
 * Holds the lock on the queue of this tab, and takes over the queues of closed tabs: at once the free queues of `left`,
 * and later the queue of each tab of this user that closes.
 *
 * @param left the queues that have edits in the store
 * @returns a promise that resolves when the edits of every free queue of `left` are loaded
 */
export async function ownQueues(ownership: Ownership, left: readonly string[]): Promise<void> {
  const { userId, own, signal } = ownership;
  if (typeof navigator === "undefined" || !navigator.locks) {
    // Without locks a tab cannot know which tabs are open. An edit that two tabs send is still written once.
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
    // The request rejects when the outbox ends.
    .catch(() => {});
}
