import type { Refusal } from "@tracer/core/sync/client-transaction.sql";
import { type DBSchema, openDB } from "idb";
import type { Edit } from "~/lib/sync/outbox/edit";

/** An edit as it is kept until its outcome is known, or until the person has seen that it was refused. */
export interface StoredEdit extends Edit {
  readonly userId: string;
  /** The queue of the tab that made it. */
  readonly queue: string;
  /** Its place in that queue. */
  readonly place: number;
  readonly refusal?: Refusal;
}

/** Keeps edits beyond the life of a page. Edits of a user are never given to another one. */
export interface OutboxStore {
  put: (edit: StoredEdit) => Promise<void>;
  delete: (id: string) => Promise<void>;
  /** All edits of a user, each queue's in its order, the queue with the oldest edit first. */
  of: (userId: string) => Promise<StoredEdit[]>;
  clear: (userId: string) => Promise<void>;
}

interface Schema extends DBSchema {
  edits: { key: string; value: StoredEdit; indexes: { userId: string } };
}

/** The store of this browser: IndexedDB, or this page's memory where there is none. */
export function outboxStore(): OutboxStore {
  return typeof indexedDB === "undefined" ? inMemory : inBrowser();
}

function inBrowser(): OutboxStore {
  const opened = openDB<Schema>("tracer-outbox", 1, {
    upgrade: (db) => db.createObjectStore("edits", { keyPath: "id" }).createIndex("userId", "userId"),
  });
  // Each call that needs it says that it failed.
  opened.catch(() => {});
  return {
    put: async (edit) => void (await (await opened).put("edits", edit)),
    delete: async (id) => (await opened).delete("edits", id),
    of: async (userId) => inOrder(await (await opened).getAllFromIndex("edits", "userId", userId)),
    clear: async (userId) => {
      const { store, done } = (await opened).transaction("edits", "readwrite");
      for (const id of await store.index("userId").getAllKeys(userId)) void store.delete(id);
      await done;
    },
  };
}

const kept = new Map<string, StoredEdit>();

const inMemory: OutboxStore = {
  put: async (edit) => void kept.set(edit.id, edit),
  delete: async (id) => void kept.delete(id),
  of: async (userId) => inOrder([...kept.values()].filter((edit) => edit.userId === userId)),
  clear: async (userId) => {
    for (const [id, edit] of kept) if (edit.userId === userId) kept.delete(id);
  },
};

function inOrder(edits: StoredEdit[]): StoredEdit[] {
  const queues = Map.groupBy(edits, ({ queue }) => queue);
  const sorted = [...queues.values()].map((queue) => queue.sort((one, other) => one.place - other.place));
  const start = ([first]: StoredEdit[]) => first?.createdAt ?? 0;
  return sorted.sort((one, other) => start(one) - start(other)).flat();
}
