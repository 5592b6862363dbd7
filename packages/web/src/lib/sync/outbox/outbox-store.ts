import type { Refusal } from "@tracer/core/sync/client-transaction.sql";
import { type DBSchema, openDB } from "idb";
import type { Edit } from "~/lib/sync/outbox/edit";

/** An edit in the store, which keeps the edit until the outcome is known, or until the person has read a refusal. */
export interface StoredEdit extends Edit {
  readonly userId: string;
  /** The queue of the tab in which the edit was made. */
  readonly queue: string;
  /** The place of the edit in the queue. */
  readonly place: number;
  readonly refusal?: Refusal;
}

/** Keeps edits beyond the life of a page. A user never gets the edits of another user. */
export interface OutboxStore {
  put: (edit: StoredEdit) => Promise<void>;
  delete: (id: string) => Promise<void>;
  /** All edits of a user, queue by queue. The queue with the oldest edit comes first. */
  of: (userId: string) => Promise<StoredEdit[]>;
  clear: (userId: string) => Promise<void>;
}

interface Schema extends DBSchema {
  edits: { key: string; value: StoredEdit; indexes: { userId: string } };
}

/** Returns a store in IndexedDB, or one in the memory of the process when there is no IndexedDB. */
export function outboxStore(): OutboxStore {
  return typeof indexedDB === "undefined" ? inMemory : inBrowser();
}

function inBrowser(): OutboxStore {
  const opened = openDB<Schema>("tracer-outbox", 1, {
    upgrade: (db) => db.createObjectStore("edits", { keyPath: "id" }).createIndex("userId", "userId"),
  });
  // Every call on the store rejects with the same error.
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
