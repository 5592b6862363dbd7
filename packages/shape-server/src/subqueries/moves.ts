import type { Pool } from "pg";
import type { Plan } from "../definition/plan.ts";
import { toRow } from "../definition/row.ts";
import { type Snapshot, sees } from "../postgres/visibility.ts";
import type { Row } from "../where/syntax/condition.ts";
import { Dependency, readIn } from "./dependency.ts";
import { LogWriter } from "./log-writer.ts";
import type { Move } from "./move.ts";
import type { MovingShape } from "./moving-shape.ts";
import { rowsWith } from "./rows-with.ts";
import { changesOf, type Transaction } from "./transaction.ts";
import { Views } from "./views.ts";

/**
 * The values of a sub-query must be read again: the sub-query has a sub-query itself, so that only the database can say
 * what a transaction did to its values.
 */
interface Reload {
  readonly index: number;
  readonly kind: "reload";
  readonly lsn: number;
  readonly xid: number;
}

/** What `Moves` needs from the engine. */
export interface MovesEvents {
  /** The log of the shape has grown. */
  grown(): void;
  /** The shape must end. */
  retire(reason: string): void;
  /** True when the snapshot shows everything that the stream has sent up to the transaction `xid`. */
  covers(snapshot: Snapshot, xid: number): boolean;
}

/**
 * Keeps a shape with sub-queries up to date. A move is what happens when a sub-query gains or loses values: rows come
 * into the shape or go out of it without a change of their own (invariant I-9 of PROTOCOL.md).
 *
 * Transactions are taken in one after the other. When a sub-query gains values, the rows that come in are queried,
 * because the stream does not send them. Transactions that commit during the query wait. The query's snapshot shows
 * some of the waiting transactions: these are logged first, as the shape was before the move; then follow the move with
 * the queried rows, and then the other transactions. So every row comes once, and none is missed.
 */
export class Moves {
  readonly #shape: MovingShape;
  readonly #plan: Plan;
  readonly #pool: Pool;
  readonly #events: MovesEvents;
  readonly #writer: LogWriter;
  readonly #dependencies: Dependency[];
  #views: Views;
  #ready = false;
  #querying = false;
  #waiting: Transaction[] = [];
  readonly #queue: (Move | Reload)[] = [];

  constructor(shape: MovingShape, plan: Plan, pool: Pool, events: MovesEvents) {
    this.#shape = shape;
    this.#plan = plan;
    this.#pool = pool;
    this.#events = events;
    this.#writer = new LogWriter(shape, plan);
    this.#views = new Views(plan, []);
    this.#dependencies = plan.subqueries.map((subquery) => {
      const table = shape.definition.innerTables.find(
        (inner) => inner.schema === subquery.table.schema && inner.name === subquery.table.name,
      );
      if (!table) throw new Error(`The table ${subquery.table.name} of a sub-query is not known.`);
      return new Dependency(subquery, table);
    });
  }

  /** The sub-queries of the shape's condition, in the order of the condition. */
  get dependencies(): readonly Dependency[] {
    return this.#dependencies;
  }

  /** Takes in what has come so far. To be called when the sub-queries have been read in the shape's snapshot. */
  start(): void {
    this.#views = new Views(
      this.#plan,
      this.#dependencies.map((dependency) => dependency.values()),
    );
    this.#ready = true;
    this.#resume();
  }

  /** Takes in the next transaction, at once or when its turn comes. */
  take(transaction: Transaction): void {
    this.#waiting.push(transaction);
    if (this.#ready && !this.#querying) this.#resume();
  }

  #resume(): void {
    this.#drain();
    this.#announce();
    while (!this.#querying && !this.#shape.isRetired) {
      const transaction = this.#waiting.shift();
      if (!transaction) return;
      const { snapshot } = this.#shape;
      if (snapshot && sees(snapshot, transaction.xid, transaction.lsn)) continue;
      this.#askDependencies(transaction);
      this.#drain();
      this.#announce();
      // The rows that come in are queried first. The transaction waits for them with its own changes.
      if (this.#querying) this.#waiting.unshift({ ...transaction, changes: this.#ownChanges(transaction) });
      else this.#writer.append(transaction, this.#views.inSubquery());
      this.#announce();
    }
  }

  #announce(): void {
    if (this.#writer.takeGrown()) this.#events.grown();
  }

  /** Lets the sub-queries take in a transaction, and queues the moves that follow from the transaction. */
  #askDependencies(transaction: Transaction): void {
    const { lsn, xid } = transaction;
    for (const [index, dependency] of this.#dependencies.entries()) {
      const { where } = dependency.subquery;
      if (where && where.subqueries.length > 0) {
        this.#askForReload(transaction, index);
        continue;
      }
      const changes = transaction.changes.filter(({ relation }) => relation.oid === dependency.table.oid);
      if (changes.length === 0) continue;
      const { added, removed } = dependency.apply(changes, (row) => where?.matches(row) ?? true);
      if (removed.length > 0) this.#queue.push({ index, values: removed, kind: "loss", lsn, xid });
      if (added.length > 0) this.#queue.push({ index, values: added, kind: "gain", lsn, xid });
    }
  }

  /** Queues a reload of sub-query `index`, unless its values were read after the transaction. */
  #askForReload(transaction: Transaction, index: number): void {
    const { innerTables } = this.#shape.definition;
    const { lsn, xid, changes } = transaction;
    transaction.loaded ??= new Set();
    const concerned = changes.some(({ relation }) => innerTables.some((inner) => inner.oid === relation.oid));
    if (!concerned || transaction.loaded.has(index)) return;
    transaction.loaded.add(index);
    this.#queue.push({ index, kind: "reload", lsn, xid });
  }

  /** Reads the values of a sub-query again, and queues the moves that follow from what the sub-query gained and lost. */
  #reload({ index, lsn, xid }: Reload): void {
    const dependency = this.#dependencies[index];
    if (!dependency) return;
    this.#querying = true;
    readIn(this.#pool, (taken) => this.#events.covers(taken, xid), dependency)
      .then(({ snapshot, added, removed }) => {
        if (this.#shape.isRetired) return;
        for (const transaction of this.#waiting) {
          if (!sees(snapshot, transaction.xid, transaction.lsn)) continue;
          transaction.loaded ??= new Set();
          transaction.loaded.add(index);
        }
        if (added.length > 0) this.#queue.unshift({ index, values: added, kind: "gain", lsn, xid });
        if (removed.length > 0) this.#queue.unshift({ index, values: removed, kind: "loss", lsn, xid });
        this.#querying = false;
        this.#resume();
      })
      .catch((error: unknown) => this.#events.retire(`its sub-query could not be read: ${error}`));
  }

  /** Logs the queued moves, up to the first one that calls for a query. */
  #drain(): void {
    while (!this.#querying && !this.#shape.isRetired) {
      const move = this.#queue.shift();
      if (!move) return;
      if (move.kind === "reload") {
        this.#reload(move);
        return;
      }
      const negated = this.#plan.isNegated(move.index);
      if (negated && move.values.some((value) => value.includes(null))) {
        this.#events.retire("NOT IN has met a NULL");
        return;
      }
      const turns = negated && this.#views.turnWith(move);
      if (turns || (move.kind === "gain") !== negated) this.#query(move, turns);
      else {
        this.#writer.moveOut(move);
        this.#views.update(move);
      }
    }
  }

  /**
   * Queries the rows of a move, and logs the move then. With `nulls` the move concerns rows that ask the sub-query for a
   * NULL, too. These rows have hashes of their own, which only the rows themselves can name.
   */
  #query(move: Move, nulls: boolean): void {
    this.#querying = true;
    const inward = (move.kind === "gain") !== this.#plan.isNegated(move.index);
    const test = this.#plan.subqueries[move.index]?.testColumns ?? [];
    const covers = (taken: Snapshot) => this.#events.covers(taken, move.xid);
    const values = inward ? move.values : [];
    rowsWith(this.#pool, this.#shape.definition.table, test, values, nulls, covers)
      .then(({ snapshot, rows }) => {
        if (this.#shape.isRetired) return;
        if (inward) this.#moveIn(move, rows, snapshot);
        else this.#moveOut(move, rows);
        this.#querying = false;
        this.#resume();
      })
      .catch((error: unknown) => this.#events.retire(`its rows could not be queried: ${error}`));
  }

  /** Logs that the queried `rows` come in, behind the waiting transactions that `snapshot` shows. */
  #moveIn(move: Move, rows: Row[], snapshot: Snapshot): void {
    const seen = this.#waiting.filter(({ xid, lsn }) => sees(snapshot, xid, lsn));
    this.#waiting = this.#waiting.filter((transaction) => !seen.includes(transaction));
    for (const transaction of seen) {
      this.#writer.append(transaction, this.#views.inSubquery());
      this.#askDependencies(transaction);
    }
    const inSubquery = this.#views.inSubquery();
    const { where } = this.#shape.definition;
    const unknown = rows.filter((row) => !where?.matches(row, inSubquery));
    this.#views.update(move);
    const fresh = unknown.filter((row) => where?.matches(row, inSubquery));
    this.#writer.moveIn(this.#withNulls(move, rows), fresh, snapshot, inSubquery);
  }

  /**
   * Logs that rows go out, with those of the queried `rows` that ask for a NULL. Waiting transactions may have changed
   * such rows since: the old rows count as well, because clients know the rows as they were before.
   */
  #moveOut(move: Move, rows: Row[]): void {
    const waiting = this.#waiting.flatMap((transaction) => this.#ownChanges(transaction));
    const old = waiting.flatMap(({ relation, old }) => (old ? [toRow(relation, old)] : []));
    this.#writer.moveOut(this.#withNulls(move, [...rows, ...old]));
    this.#views.update(move);
  }

  /** The move with the values that `rows` ask for and that have a NULL. */
  #withNulls(move: Move, rows: Row[]): Move {
    return { ...move, values: [...move.values, ...this.#views.askedWithNull(move.index, rows)] };
  }

  #ownChanges(transaction: Transaction) {
    return changesOf(transaction, this.#shape.definition.table);
  }
}
