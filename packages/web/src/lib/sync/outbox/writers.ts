import type { Collection } from "@tanstack/react-db";
import { type CallOptions, described } from "~/lib/sync/outbox/describing-link";
import type { Change } from "~/lib/sync/outbox/edit";
import { toWire } from "~/lib/sync/outbox/to-wire";
import { realChanges } from "~/lib/sync/real-changes";
import type { Operation } from "~/lib/wire/push";

/** One mutation of the tRPC client. The answer holds the txid of the transaction that wrote the row. */
export interface Mutation<Input> {
  // A property and not a method: TypeScript checks the input of a method less strictly.
  mutate: (input: Input, options?: CallOptions) => Promise<{ txid: number }>;
}

/** The procedures that write rows of a table. A table may lack some of the three. */
export type Procedures = Partial<Record<Change["type"], Mutation<never>>>;

/** The parts of a TanStack DB mutation that the outbox uses. */
export interface RowMutation {
  readonly type: Change["type"];
  readonly key: unknown;
  /** The row after the mutation. */
  readonly modified: object;
  /** The row before the mutation. Empty for an insert. */
  readonly original: object;
  /** The changed fields. */
  readonly changes: object;
  readonly collection: { readonly id: string };
}

/** The parts of a collection that the outbox uses, for rows of any type. */
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

/** Maps the changes of each collection to procedures, and applies changes to the collections. */
export class Writers {
  readonly #byId = new Map<string, Writer>();

  register(name: string, procedures: Procedures, collection: AnyCollection): void {
    this.#byId.set(collection.id, { name, procedures, collection });
  }

  /** Returns the call that writes a mutation. @throws when the table has no procedure for the mutation */
  operationOf(mutation: RowMutation): Operation {
    const procedure = this.#writerOf(mutation).procedures[mutation.type];
    if (!procedure) throw new Error("This table does not take such a change.");
    const input = {
      ...toWire(changedValue(mutation)),
      ...(mutation.type !== "insert" && { id: mutation.key }),
    };
    return described((options) => procedure.mutate(input as never, options));
  }

  /** Turns a mutation into the form that the store keeps and the page shows. */
  changeOf(mutation: RowMutation): Change {
    const { name } = this.#writerOf(mutation);
    return {
      collection: name,
      type: mutation.type,
      key: String(mutation.key),
      value: changedValue(mutation),
    };
  }

  /** Applies a change to its collection, within a transaction. @throws when the change does not fit the rows */
  apply({ collection: name, type, key, value }: Change): void {
    const collection = this.named(name);
    if (type === "insert") collection?.insert({ ...value });
    else if (type === "delete") collection?.delete(key);
    else collection?.update(key, (draft) => void Object.assign(draft, value));
  }

  /** Applies a change unless the rows have changed so that it no longer fits. The operations are sent in both cases. */
  applyIfFitting(change: Change): void {
    try {
      this.apply(change);
    } catch {}
  }

  /** Resolves when the collections of these names have loaded their rows. May never resolve. */
  async ready(names: readonly string[]): Promise<void> {
    const collections = names.flatMap((name) => this.named(name) ?? []);
    await Promise.all(
      collections.map((collection) => new Promise<void>((resolve) => collection.onFirstReady(resolve))),
    );
  }

  /** Returns the collection with this name. Undefined when the app no longer has the collection. */
  named(name: string): AnyCollection | undefined {
    return [...this.#byId.values()].find((writer) => writer.name === name)?.collection;
  }

  #writerOf({ collection: { id } }: RowMutation): Writer {
    const writer = this.#byId.get(id);
    if (writer) return writer;
    throw new Error(`The collection ${id} is none of this user's synced collections.`);
  }
}

/** The content of a mutation without the `$` fields that the collection adds. */
function changedValue(mutation: RowMutation): Record<string, unknown> {
  const value = contentOf(mutation);
  return Object.fromEntries(Object.entries(value).filter(([key]) => !key.startsWith("$")));
}

function contentOf(mutation: RowMutation): object {
  if (mutation.type === "insert") return mutation.modified;
  return mutation.type === "update" ? realChanges(mutation) : {};
}
