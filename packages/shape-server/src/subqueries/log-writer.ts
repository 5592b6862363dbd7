import type { Plan } from "../definition/plan.ts";
import { eventOf, Projection } from "../definition/projection.ts";
import { toRow } from "../definition/row.ts";
import { finish, type Message, snapshotEnd } from "../log/messages.ts";
import type { Snapshot } from "../postgres/visibility.ts";
import type { Cell, Relation } from "../replication/pgoutput.ts";
import type { InSubquery, Row } from "../where/syntax/condition.ts";
import type { Move } from "./move.ts";
import { movedRow, moveEvent, tagHeaders } from "./move-messages.ts";
import type { MovingShape } from "./moving-shape.ts";
import { changesOf, type Transaction } from "./transaction.ts";

/** Writes what happens to a shape with sub-queries into the log of the shape. */
export class LogWriter {
  readonly #shape: MovingShape;
  readonly #plan: Plan;
  #grown = false;

  constructor(shape: MovingShape, plan: Plan) {
    this.#shape = shape;
    this.#plan = plan;
  }

  /** Says whether the log has grown since the last call. */
  takeGrown(): boolean {
    const grown = this.#grown;
    this.#grown = false;
    return grown;
  }

  /** Appends the changes of the shape's own table. `inSubquery` says what the sub-queries contain. */
  append(transaction: Transaction, inSubquery: InSubquery): void {
    const { definition, handle } = this.#shape;
    const shows = (relation: Relation, cells: Cell[] | null) =>
      cells !== null && definition.where?.matches(toRow(relation, cells), inSubquery) === true;
    const messages: Message[] = [];
    for (const { relation, pk, op, old, now } of changesOf(transaction, definition.table)) {
      const event = eventOf(old, now, shows(relation, old), shows(relation, now));
      if (!event) continue;
      const projection = new Projection(definition, relation, pk);
      const extra = tagHeaders(this.#plan, handle, relation, inSubquery);
      messages.push(...projection.messages(event, { ...transaction, op }, extra));
    }
    const last = messages.at(-1);
    if (!last) return;
    this.#write(
      transaction.lsn,
      messages.map((message) => ({ op: message.op, text: finish(message, message === last) })),
    );
  }

  /** Appends that `rows` come in with a move, as `snapshot` shows them. */
  moveIn(move: Move, rows: Row[], snapshot: Snapshot, inSubquery: InSubquery): void {
    const messages = rows.map((row) => movedRow(this.#shape, this.#plan, row, inSubquery));
    this.#appendMove(move, [
      moveEvent(this.#shape.handle, this.#plan, "move-in", move),
      ...messages,
      ...(messages.length > 0 ? [snapshotEnd(snapshot)] : []),
    ]);
  }

  /** Appends that rows go out with a move. Clients know which rows by the tags of the rows. */
  moveOut(move: Move): void {
    this.#appendMove(move, [moveEvent(this.#shape.handle, this.#plan, "move-out", move)]);
  }

  /** Appends the messages of a move, which have no place in a transaction, behind what the log has. */
  #appendMove(move: Move, messages: string[]): void {
    const { end } = this.#shape.log;
    // Places in the log must grow, and changes of the transaction that caused the move may have to follow.
    const first = end.tx === 0 ? { tx: move.lsn - 1, op: 0 } : { tx: end.tx, op: end.op + 1 };
    this.#write(
      first.tx,
      messages.map((text, i) => ({ op: first.op + i, text })),
    );
  }

  #write(tx: number, messages: { op: number; text: string }[]): void {
    const { log } = this.#shape;
    log.add(tx, messages);
    log.commit();
    this.#grown = true;
  }
}
