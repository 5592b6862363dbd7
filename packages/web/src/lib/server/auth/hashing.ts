import "@tanstack/react-start/server-only";
import { AsyncLocalStorage } from "node:async_hooks";
import { hashPassword, verifyPassword } from "better-auth/crypto";
import { hashInThread, verifyInThread } from "~/lib/server/auth/hash-thread";
import { knownHashes, strangerHashes } from "~/lib/server/limits";
import { FairQueue } from "~/lib/server/load/fair-queue";

/** For whom a password is hashed. */
interface Turn {
  readonly lane: string;
  /** Whether the account has been signed in to from here before. */
  readonly known: boolean;
}

const queues = {
  known: new FairQueue("hashing", knownHashes),
  strangers: new FairQueue("hashing", strangerHashes),
};

const turns = new AsyncLocalStorage<Turn>();

/** Serves a request, in which hashing waits for its turn in the lane. */
export function hashingFor<Result>(turn: Turn, serve: () => Promise<Result>): Promise<Result> {
  return turns.run(turn, serve);
}

/**
 * Looks whether a stranger's password would be hashed, before the database is asked about the stranger.
 *
 * @throws Overload when the password would be refused
 */
export function expectRoomFor(lane: string): void {
  queues.strangers.expectRoom(lane);
}

/**
 * better-auth's hashing of passwords, which takes a processor some 70 ms, within limits. A stranger's password is hashed
 * when nobody else needs the processor.
 *
 * @throws Overload when too much waits to be hashed
 */
export const password = {
  hash: (text: string) => inTurn(({ known }) => (known ? hashPassword(text) : hashInThread(text))),
  verify: (given: { hash: string; password: string }) =>
    inTurn(({ known }) => (known ? verifyPassword(given) : verifyInThread(given))),
};

function inTurn<Result>(act: (turn: Turn) => Promise<Result>): Promise<Result> {
  const turn = turns.getStore() ?? { lane: "unknown", known: false };
  return (turn.known ? queues.known : queues.strangers).run(turn.lane, () => act(turn));
}
