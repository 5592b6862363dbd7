import type { Refusal } from "@tracer/core/sync/client-transaction.sql";
import type { Edit } from "~/lib/sync/outbox/edit";
import { type OutboxStore, outboxStore, type StoredEdit } from "~/lib/sync/outbox/outbox-store";
import { ownQueues } from "~/lib/sync/outbox/queue-locks";
import { outcomeDays } from "~/lib/wire/push";

/** How long the edits of this tab wait for the first look into the store, in milliseconds. */
const lookTimeout = 1_000;

/** The outbox that receives the edits of closed tabs. */
interface Heir {
  userId: string;
  signal: AbortSignal;
  /** Sends edits in the given order. */
  resume: (edits: readonly Edit[]) => void;
  /** Shows a refused edit. */
  refuse: (edit: Edit, refusal: Refusal) => void;
}

/**
 * Stores the edits of a tab until their outcome is known, and takes over the stored edits of closed tabs of the same
 * user. When the browser can store nothing, the edits live as long as the page.
 */
export class KeptEdits {
  readonly #heir: Heir;
  readonly #store: OutboxStore = outboxStore();
  readonly #queue: string;
  readonly #known = new Map<string, { edit: StoredEdit; forgotten: () => void }>();
  #place = 0;
  #failed = false;

  constructor(heir: Heir) {
    this.#heir = heir;
    // The name need only be unique among the tabs of one browser.
    this.#queue = `${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`;
  }

  /** Takes over the edits of closed tabs, now and later. Resolves when the present ones are loaded, or are late. */
  async start(): Promise<void> {
    const { userId, signal } = this.#heir;
    const looked = this.#store.of(userId).then((edits) => {
      const left = [...new Set(edits.map(({ queue }) => queue))];
      return ownQueues({ userId, signal, own: this.#queue, takeOver: this.#takeOver }, left);
    });
    const late = new Promise<void>((resolve) => setTimeout(resolve, lookTimeout));
    await Promise.race([looked.catch(this.#fail), late]);
  }

  keep(edit: Edit): void {
    const stored = { ...edit, userId: this.#heir.userId, queue: this.#queue, place: this.#place++ };
    void this.#untilForgotten(stored);
    this.#store.put(stored).catch(this.#fail);
  }

  /** Stores the refusal with the edit, so that a later page can show the refusal. */
  keepRefused({ id }: Edit, { code, message, fields }: Refusal): void {
    const stored = this.#known.get(id)?.edit;
    const refusal = { code, message, ...(fields && { fields }) };
    if (stored) this.#store.put({ ...stored, refusal }).catch(this.#fail);
  }

  forget(id: string): void {
    this.#known.get(id)?.forgotten();
    this.#known.delete(id);
    this.#store.delete(id).catch(this.#fail);
  }

  /** Whether the store holds an edit of the user, of any tab, whose outcome is not known. */
  async hasUnsent(): Promise<boolean> {
    const edits = await this.#store.of(this.#heir.userId);
    return edits.some(({ refusal }) => !refusal);
  }

  /** Deletes the edits of all tabs of the user. */
  async forgetAll(): Promise<void> {
    await this.#store.clear(this.#heir.userId).catch(this.#fail);
  }

  /** Resolves when all edits of the queue are forgotten. Until then no other tab may show or send these edits. */
  readonly #takeOver = async (queue: string, looked: () => void): Promise<void> => {
    const { userId, resume, refuse } = this.#heir;
    const edits = (await this.#store.of(userId)).filter((edit) => edit.queue === queue);
    const forgotten = Promise.all(edits.map((edit) => this.#untilForgotten(edit)));
    const oldest = Date.now() - (outcomeDays - 1) * 86_400_000;
    const unsent: Edit[] = [];
    for (const edit of edits) {
      const refusal = edit.refusal ?? (edit.createdAt < oldest ? tooOld : undefined);
      if (refusal) refuse(edit, refusal);
      else unsent.push(edit);
    }
    resume(unsent);
    looked();
    await forgotten;
  };

  #untilForgotten(edit: StoredEdit): Promise<void> {
    return new Promise((forgotten) => this.#known.set(edit.id, { edit, forgotten }));
  }

  readonly #fail = (error: unknown): void => {
    if (this.#failed) return;
    this.#failed = true;
    console.warn("Unsent changes cannot be kept beyond this page.", error);
  };
}

/** The server may have pruned the record of the edit by now, and would then write the edit a second time. */
const tooOld: Refusal = {
  code: "TIMEOUT",
  message: "This change waited too long to be sent. Check whether it was saved before you make it again.",
};
