import type { Pool } from "pg";
import type { Plan } from "../definition/plan.ts";
import { eventOf, Projection } from "../definition/projection.ts";
import { finish, type Message, snapshotEnd } from "../log/messages.ts";
import { type Snapshot, sees } from "../postgres/visibility.ts";
import type { Cell, Relation } from "../replication/pgoutput.ts";
import type { Shape } from "../shapes/shape.ts";
import type { Row } from "../where/syntax/condition.ts";
import { Dependency, readIn, toRow, type Value } from "./dependency.ts";
import { movedRow, moveEvent, tagHeaders } from "./move-messages.ts";
import { rowsWith } from "./rows-with.ts";
import { Views } from "./views.ts";

/** A change of a row that the shape, or one of its sub-queries, may show. */
export type Change = { relation: Relation; pk: string[]; op: number; old: Cell[] | null; now: Cell[] | null };

export type Transaction = {
  lsn: number;
  xid: number;
  changes: Change[];
  /** Sub-queries that have taken it in already, with all that a query saw. */
  loaded?: Set<number>;
};

/** Values that a sub-query has gained or lost, and that the shape has not been told of. */
export type Move = { index: number; values: Value[]; kind: "gain" | "loss"; lsn: number; xid: number };

/** A sub-query has one of its own, so that only the database can tell what a transaction did to it. */
type Reload = { index: number; kind: "reload"; lsn: number; xid: number };

/** What `Moves` needs from the engine. */
export interface MovesEvents {
  /** The log has grown. */
  grown(shape: Shape): void;
  /** The shape cannot go on. */
  retire(shape: Shape, reason: string): void;
  /** True when the snapshot shows everything that the stream has sent up to the transaction `xid`. */
  covers(snapshot: Snapshot, xid: number): boolean;
}

/**
 * Keeps a shape with sub-queries up to date. Transactions are taken in one after the other. One that makes a
 * sub-query gain values calls for rows that the stream does not send: they are queried, and what commits meanwhile
 * waits. What the query's snapshot sees is then told as it was before the values came, then come the queried rows,
 * then the rest: so that no row comes twice and none is missed.
 */
export class Moves {
  readonly #shape: Shape;
  readonly #plan: Plan;
  readonly #pool: Pool;
  readonly #events: MovesEvents;
  readonly #dependencies: Dependency[];
  #views: Views;
  #ready = false;
  #querying = false;
  /** Something is in the log that nobody has been told of. */
  #grown = false;
  #waiting: Transaction[] = [];
  #queue: (Move | Reload)[] = [];

  constructor(shape: Shape, plan: Plan, pool: Pool, events: MovesEvents) {
    this.#shape = shape;
    this.#plan = plan;
    this.#pool = pool;
    this.#events = events;
    this.#views = new Views(plan, []);
    this.#dependencies = plan.subqueries.map((subquery) => {
      const table = shape.definition.innerTables.find(
        (inner) => inner.schema === subquery.table.schema && inner.name === subquery.table.name,
      );
      if (!table) throw new Error(`the table ${subquery.table.name} of a sub-query is not known`);
      return new Dependency(subquery, table);
    });
  }

  get dependencies(): readonly Dependency[] {
    return this.#dependencies;
  }

  /** The snapshot has been taken and the sub-queries were read in it: what has come meanwhile can be taken in. */
  start(): void {
    this.#views = new Views(
      this.#plan,
      this.#dependencies.map((dependency) => dependency.values()),
    );
    this.#ready = true;
    this.#resume();
  }

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
      // rows that come in are queried first: the transaction waits until they have
      if (this.#querying) this.#waiting.unshift({ ...transaction, changes: this.#outer(transaction) });
      else this.#append(transaction);
      this.#announce();
    }
  }

  #announce(): void {
    if (this.#grown) this.#events.grown(this.#shape);
    this.#grown = false;
  }

  /** Lets the sub-queries take in a transaction, and notes what they gain and lose. */
  #askDependencies(transaction: Transaction): void {
    for (const [index, dependency] of this.#dependencies.entries()) {
      const { where } = dependency.subquery;
      const changes = transaction.changes.filter(({ relation }) => relation.oid === dependency.table.oid);
      const { lsn, xid } = transaction;
      if (where && where.subqueries.length > 0) {
        transaction.loaded ??= new Set();
        if (transaction.loaded.has(index) || !transaction.changes.some((change) => this.#isInner(change)))
          continue;
        transaction.loaded.add(index);
        this.#queue.push({ index, kind: "reload", lsn, xid });
        continue;
      }
      if (changes.length === 0) continue;
      const { added, removed } = dependency.apply(changes, (row) => where?.matches(row) ?? true);
      if (removed.length > 0) this.#queue.push({ index, values: removed, kind: "loss", lsn, xid });
      if (added.length > 0) this.#queue.push({ index, values: added, kind: "gain", lsn, xid });
    }
  }

  #isInner({ relation }: Change): boolean {
    return this.#shape.definition.innerTables.some((inner) => inner.oid === relation.oid);
  }

  /** Reads the values of a sub-query anew, and notes what it has gained and lost. */
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
      .catch((error: unknown) =>
        this.#events.retire(this.#shape, `its sub-query could not be read: ${error}`),
      );
  }

  /** Tells of moves until one of them calls for a query. */
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
        this.#events.retire(this.#shape, "NOT IN has met a NULL");
        return;
      }
      const turns = negated && this.#views.turnWith(move);
      if (turns || (move.kind === "gain") !== negated) this.#query(move, turns);
      else {
        this.#appendMove(move, [moveEvent(this.#shape, this.#plan, "move-out", move)]);
        this.#views.update(move);
      }
    }
  }

  /** Tells of a move that calls for rows. Those with a NULL have tags of their own, which are told of when they move. */
  #query(move: Move, nulls: boolean): void {
    this.#querying = true;
    const inward = (move.kind === "gain") !== this.#plan.isNegated(move.index);
    const test = this.#plan.subqueries[move.index]?.testColumns ?? [];
    const covers = (taken: Snapshot) => this.#events.covers(taken, move.xid);
    const values = inward ? move.values : [];
    rowsWith(this.#pool, this.#shape.definition.table, test, values, nulls, covers)
      .then(({ snapshot, rows }) => {
        if (this.#shape.isRetired) return;
        if (!inward) return this.#leave(move, rows);
        const seen = this.#waiting.filter(({ xid, lsn }) => sees(snapshot, xid, lsn));
        this.#waiting = this.#waiting.filter((transaction) => !seen.includes(transaction));
        for (const transaction of seen) {
          this.#append(transaction);
          this.#askDependencies(transaction);
        }
        const oracle = this.#views.oracle();
        const { where } = this.#shape.definition;
        const unknown = rows.filter((row) => !where?.matches(row, oracle));
        this.#views.update(move);
        const fresh = unknown.filter((row) => where?.matches(row, oracle));
        const messages = fresh.map((row) => movedRow(this.#shape, this.#plan, row, oracle));
        const told = { ...move, values: [...move.values, ...this.#views.askedWithNull(move.index, rows)] };
        this.#appendMove(move, [
          moveEvent(this.#shape, this.#plan, "move-in", told),
          ...messages,
          ...(messages.length > 0 ? [snapshotEnd(snapshot)] : []),
        ]);
        this.#querying = false;
        this.#resume();
      })
      .catch((error: unknown) => this.#events.retire(this.#shape, `its rows could not be queried: ${error}`));
  }

  /** Tells that rows go, with those among `rows` that have a NULL: what waits is told as it is without them. */
  #leave(move: Move, rows: Row[]): void {
    const before = this.#waiting.flatMap((transaction) => this.#outer(transaction));
    const old = before.flatMap(({ relation, old }) => (old ? [toRow(relation, old)] : []));
    const told = {
      ...move,
      values: [...move.values, ...this.#views.askedWithNull(move.index, [...rows, ...old])],
    };
    this.#appendMove(move, [moveEvent(this.#shape, this.#plan, "move-out", told)]);
    this.#views.update(move);
    this.#querying = false;
    this.#resume();
  }

  #outer({ changes }: Transaction): Change[] {
    const { oid, leaves } = this.#shape.definition.table;
    return changes.filter(
      ({ relation }) => relation.oid === oid || leaves.some((leaf) => leaf.oid === relation.oid),
    );
  }

  /** Puts the changes of the shape's own table into the log. */
  #append(transaction: Transaction): void {
    const { definition, handle, log } = this.#shape;
    const oracle = this.#views.oracle();
    const messages: Message[] = [];
    for (const { relation, pk, op, old, now } of this.#outer(transaction)) {
      const was = old !== null && definition.where?.matches(toRow(relation, old), oracle) === true;
      const is = now !== null && definition.where?.matches(toRow(relation, now), oracle) === true;
      const event = eventOf(old, now, was, is);
      if (!event) continue;
      const projection = new Projection(definition, relation, pk);
      const extra = tagHeaders(this.#plan, handle, relation, oracle);
      messages.push(...projection.messages(event, transaction.lsn, transaction.xid, op, extra));
    }
    const last = messages.at(-1);
    if (!last) return;
    log.add(
      transaction.lsn,
      messages.map((message) => ({ op: message.op, text: finish(message, message === last) })),
    );
    log.commit();
    this.#grown = true;
  }

  /** Puts messages that are not part of a transaction into the log, behind what is there. */
  #appendMove(move: Move, messages: string[]): void {
    const { log } = this.#shape;
    const { end } = log;
    // Places in the log must grow, and the moving transaction may have changes of its own to follow.
    const first = end.tx === 0 ? { tx: move.lsn - 1, op: 0 } : { tx: end.tx, op: end.op + 1 };
    log.add(
      first.tx,
      messages.map((text, i) => ({ op: first.op + i, text })),
    );
    log.commit();
    this.#grown = true;
  }
}
