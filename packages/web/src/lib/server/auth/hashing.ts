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

const known = {
  queue: new FairQueue("hashing", knownHashes),
  hash: hashPassword,
  verify: verifyPassword,
};
/** Strangers' passwords are hashed when nobody else needs the processor. */
const strangers = {
  queue: new FairQueue("hashing", strangerHashes),
  hash: hashInThread,
  verify: verifyInThread,
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
  strangers.queue.expectRoom(lane);
}

/**
 * better-auth's hashing of passwords, which takes a processor some 70 ms, within limits.
 *
 * @throws Overload when too much waits to be hashed
 */
export const password = {
  hash: (text: string) => inTurn(({ hash }) => hash(text)),
  verify: (given: { hash: string; password: string }) => inTurn(({ verify }) => verify(given)),
};

function inTurn<Result>(act: (way: typeof known) => Promise<Result>): Promise<Result> {
  const turn = turns.getStore() ?? { lane: "unknown", known: false };
  const way = turn.known ? known : strangers;
  return way.queue.run(turn.lane, () => act(way));
}
