import type { Refusal } from "@tracer/core/sync/client-transaction.sql";
import type { Edit } from "~/lib/sync/outbox/edit";
import { type OutboxStore, outboxStore, type StoredEdit } from "~/lib/sync/outbox/outbox-store";
import { ownQueues } from "~/lib/sync/outbox/queue-locks";
import { outcomeDays } from "~/lib/wire/push";

/** How long the first look into the store may hold up what this tab sends, in milliseconds. */
const lookTimeout = 1_000;

/** What the outbox does with edits that were left behind. */
interface Heir {
  userId: string;
  signal: AbortSignal;
  /** Sends edits, in their order. */
  resume: (edits: readonly Edit[]) => void;
  /** Shows an edit that was refused. */
  refuse: (edit: Edit, refusal: Refusal) => void;
}

/**
 * Keeps the edits of a tab until their outcome is known, and takes over those of tabs of the same user that have gone.
 * Where nothing can be kept, the edits live as long as the page.
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
    // Only the tabs of this browser tell each other's queues apart by it.
    this.#queue = `${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`;
  }

  /** Takes over what is left behind, now and later. Resolves when what is here now is known. */
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

  /** Keeps an edit for the person to see that it was refused. */
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

  /** Forgets all edits of the user, of all tabs. */
  async forgetAll(): Promise<void> {
    await this.#store.clear(this.#heir.userId).catch(this.#fail);
  }

  /** Resolves when nothing is left of the queue: until then no other tab may show or send what is in it. */
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

/** The server may have forgotten by now whether the edit was saved, and would save it again. */
const tooOld: Refusal = {
  code: "TIMEOUT",
  message: "This change waited for too long to be sent. Look whether it was saved before you make it again.",
};
