import type { Collection } from "@tanstack/react-db";
import { type CallOptions, described } from "~/lib/sync/outbox/describing-link";
import type { Change } from "~/lib/sync/outbox/edit";
import { toWire } from "~/lib/sync/outbox/to-wire";
import { realChanges } from "~/lib/sync/real-changes";
import type { Operation } from "~/lib/wire/push";

/** One mutation of the tRPC client: answers the txid of the transaction that wrote the row. */
export interface Mutation<Input> {
  // As a property: TypeScript would let a method take less than its input.
  mutate: (input: Input, options?: CallOptions) => Promise<{ txid: number }>;
}

/** The procedures that write a table's rows, as far as the table has them. */
export type Procedures = Partial<Record<Change["type"], Mutation<never>>>;

/** What is used of a mutation of TanStack DB. */
export interface RowMutation {
  readonly type: Change["type"];
  readonly key: unknown;
  /** The row as it will be. */
  readonly modified: object;
  /** The row as it was. Of an insert, nothing. */
  readonly original: object;
  /** The fields that change. */
  readonly changes: object;
  readonly collection: { readonly id: string };
}

/** What is used of a collection of any rows. */
export type AnyCollection = Pick<
  Collection<Record<string, unknown>, string>,
  "insert" | "update" | "delete"
> & {
  id: string;
  onFirstReady: (callback: () => void) => void;
  utils: { awaitTxId?: (txid: number, timeout?: number) => Promise<boolean> };
};

interface Writer {
  name: string;
  procedures: Procedures;
  collection: AnyCollection;
}

/** Knows where the changes of each collection go, and shows changes in the collections. */
export class Writers {
  readonly #byId = new Map<string, Writer>();

  register(name: string, procedures: Procedures, collection: AnyCollection): void {
    this.#byId.set(collection.id, { name, procedures, collection });
  }

  /** The call that writes a mutation. @throws when the table does not take such a change */
  operationOf(mutation: RowMutation): Operation {
    const procedure = this.#writerOf(mutation).procedures[mutation.type];
    if (!procedure) throw new Error("This table does not take such a change.");
    const input = {
      ...toWire(changedValue(mutation)),
      ...(mutation.type !== "insert" && { id: mutation.key }),
    };
    return described((options) => procedure.mutate(input as never, options));
  }

  /** A mutation as it is kept and shown. */
  changeOf(mutation: RowMutation): Change {
    const { name } = this.#writerOf(mutation);
    return {
      collection: name,
      type: mutation.type,
      key: String(mutation.key),
      value: changedValue(mutation),
    };
  }

  /** Applies a change to its collection, within a transaction. @throws when it does not fit the rows that are there */
  apply({ collection: name, type, key, value }: Change): void {
    const collection = this.named(name);
    if (type === "insert") collection?.insert({ ...value });
    else if (type === "delete") collection?.delete(key);
    else collection?.update(key, (draft) => void Object.assign(draft, value));
  }

  /** Applies a change where it fits: the rows may be others by now. What is sent does not depend on it. */
  applyIfFitting(change: Change): void {
    try {
      this.apply(change);
    } catch {}
  }

  /** Resolves when the collections of these names have their rows, which may be never. */
  async ready(names: readonly string[]): Promise<void> {
    const collections = names.flatMap((name) => this.named(name) ?? []);
    await Promise.all(
      collections.map((collection) => new Promise<void>((resolve) => collection.onFirstReady(resolve))),
    );
  }

  /** The collection of a name; undefined when the app has none of it any more. */
  named(name: string): AnyCollection | undefined {
    return [...this.#byId.values()].find((writer) => writer.name === name)?.collection;
  }

  #writerOf({ collection: { id } }: RowMutation): Writer {
    const writer = this.#byId.get(id);
    if (writer) return writer;
    throw new Error(`The collection ${id} is none of this user's synced collections.`);
  }
}

/** What a mutation says about its row, without the fields that the collection adds to it. */
function changedValue(mutation: RowMutation): Record<string, unknown> {
  const value = contentOf(mutation);
  return Object.fromEntries(Object.entries(value).filter(([key]) => !key.startsWith("$")));
}

function contentOf(mutation: RowMutation): object {
  if (mutation.type === "insert") return mutation.modified;
  return mutation.type === "update" ? realChanges(mutation) : {};
}
