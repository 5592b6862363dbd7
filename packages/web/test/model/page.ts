import type { SyncedCollection } from "~/lib/sync/synced-collection";
import type { SyncedRow } from "~/lib/sync/synced-row";
import type { exampleCollections } from "../example/collections";
import {
  columnsOf,
  type MadeEdit,
  type Person,
  type RowChange,
  type Shown,
  type TableName,
  type Told,
  tableNames,
  type Values,
} from "./edits";
import type { Act } from "./schedule";

/** The collections of a person in a tab. The app's own collections may be among them. */
type Collections = Pick<ReturnType<typeof exampleCollections>, TableName | "monitor" | "outbox">;

/** So many rows of a table are enough. Then something is removed where something would be added. */
const enoughRows = 30;

/** A tab from its loading to its end, with a person who acts in it. */
export class Page {
  readonly #collections: Collections;
  readonly #person: Person;
  readonly #life: string;
  readonly #made: (edit: MadeEdit) => void;
  readonly #told: (id: string, told: Told) => void;

  constructor(
    life: string,
    person: Person,
    collections: Collections,
    made: (edit: MadeEdit) => void,
    told: (id: string, told: Told) => void,
  ) {
    this.#life = life;
    this.#person = person;
    this.#made = made;
    this.#told = told;
    this.#collections = collections;
    for (const name of tableNames) void this.#collections[name].preload().catch(() => {});
  }

  /** Does what it can of an act. */
  act(act: Act): void {
    for (const changes of this.#editsOf(act)) {
      const fitting = changes.filter(
        ({ table, type, id }) => this.#collections[table].has(id) !== (type === "insert"),
      );
      if (fitting.length > 0) this.#edit(fitting);
    }
  }

  show(): Shown {
    const { waiting, refused } = this.#collections.outbox.state.read();
    const rowsOf = (name: TableName) =>
      Object.fromEntries(
        [...this.#collections[name].values()].map((row) => [
          row.id,
          Object.fromEntries(columnsOf[name].map((column) => [column, row[column as keyof typeof row]])),
        ]),
      );
    return {
      waiting: waiting.map(({ id }) => id),
      refused: refused.map(({ id }) => id),
      sync: this.#collections.monitor.report(),
      rows: {
        projects: rowsOf("projects"),
        notes: rowsOf("notes"),
        projectMembers: rowsOf("projectMembers"),
      },
    };
  }

  #edit(changes: readonly RowChange[]): void {
    const { outbox } = this.#collections;
    const [first, second] = changes;
    if (!first) return;
    const transaction = second
      ? outbox.transact(() => void changes.map((change) => this.#apply(change)))
      : this.#apply(first);
    transaction.isPersisted.promise.catch(() => {});
    // A change that leaves a row as it is says nothing to the server.
    if (transaction.mutations.length === 0) return;
    const { id } = transaction;
    this.#made({ id, userId: this.#person.id, life: this.#life, changes });
    outbox.outcomeOf(transaction).then(
      () => this.#told(id, { saved: true }),
      (error) => this.#told(id, { refused: String(error.message), code: String(error.code) }),
    );
  }

  #apply({ table, type, id, values }: RowChange) {
    // The values fit the table, since the two are made together below.
    const collection = this.#collections[table] as unknown as SyncedCollection<SyncedRow>;
    if (type === "delete") return collection.delete(id);
    if (type === "update") return collection.update(id, (draft) => void Object.assign(draft, values));
    const times = { createdAt: new Date(), updatedAt: new Date() };
    return collection.insert({ ...(table === "projects" && emptyProject), ...times, ...values, id });
  }

  /** The edits of an act, each with its changes. */
  #editsOf(act: Act): RowChange[][] {
    switch (act.kind) {
      case "add":
        if (this.#collections[act.table].size > enoughRows) {
          return act.ids.map((_, index) => this.#one(act.table, "delete", index * 7));
        }
        return [act.ids.map((id) => this.#added(act.table, id))];
      case "change": {
        const column = act.table === "projects" ? "name" : "body";
        return act.texts.map((text) => this.#one(act.table, "update", act.pick, { [column]: text }));
      }
      case "build":
        return [this.#one("projects", "update", act.pick, { floors: act.floors })];
      case "share":
        return [this.#one("notes", "update", act.pick, { sharedWith: act.on ? [this.#person.friend] : [] })];
      case "invite":
        return [this.#keys("projects", act.pick).map((project) => this.#member(act.id, project))];
      case "remove":
        return [this.#one(act.table, "delete", act.pick)];
      case "found": {
        const [project, member, note] = act.ids;
        const added = [this.#added("projects", project), this.#added("notes", note)];
        return [[...added, this.#member(member, act.wrong ? note : project)]];
      }
      case "tidy": {
        const [project, note, other] = act.picks;
        const changed = this.#one("notes", "update", note, { body: act.text });
        const removed = this.#one("notes", "delete", other).filter(({ id }) => id !== changed[0]?.id);
        return [[...this.#one("projects", "update", project, { name: act.text }), ...changed, ...removed]];
      }
    }
  }

  #one(table: TableName, type: "update" | "delete", pick: number, values: Values = {}): RowChange[] {
    return this.#keys(table, pick).map((id) => ({ table, type, id, values }));
  }

  #keys(table: TableName, pick: number): string[] {
    const keys = [...this.#collections[table].keys()].sort();
    return keys.slice(pick % Math.max(1, keys.length)).slice(0, 1);
  }

  #added(table: "projects" | "notes", id: string): RowChange {
    const { id: me } = this.#person;
    const text = `new ${id}`;
    const values =
      table === "projects"
        ? { ownerId: me, name: text, floors: 1 }
        : { authorId: me, body: text, sharedWith: [] };
    return { table, type: "insert", id, values };
  }

  #member(id: string, projectId: string): RowChange {
    return {
      table: "projectMembers",
      type: "insert",
      id,
      values: { projectId, userId: this.#person.friend },
    };
  }
}

const emptyProject = {
  ...{
    status: "active",
    isPinned: false,
    area: null,
    budgetCents: null,
    slope: null,
    tags: [],
    corners: null,
  },
  ...{ payments: null, visits: null, settings: {}, startsOn: null, surveyedAt: null, remindAt: null },
};
