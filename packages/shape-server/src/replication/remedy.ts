import { codeOf } from "../errors/error-code.ts";
import { SetupError } from "../errors/setup-error.ts";
import { sqlState } from "../postgres/sqlstate.ts";
import { SlotTakenError } from "./slot-taken-error.ts";

/** What the server does about a failure of the replication stream. */
export type Remedy =
  /** Only a person can help. */
  | "give-up"
  /** Another reader has the slot: wait until the slot is free. */
  | "wait"
  /** The slot or the publication is lost: create both again, and let every shape start again. */
  | "recreate"
  /** The connection broke: connect again. */
  | "reconnect";

/** Decides what to do about a failure of the stream, by the type of the error and by Postgres' error codes. */
export function remedyFor(error: unknown): Remedy {
  if (error instanceof SetupError) return "give-up";
  if (error instanceof SlotTakenError) return "wait";
  switch (codeOf(error)) {
    case sqlState.objectInUse:
      return "wait";
    case sqlState.undefinedObject:
      return "recreate";
    case sqlState.objectNotInPrerequisiteState:
      // Postgres has removed WAL that the slot needs, and has invalidated the slot.
      return error instanceof Error && error.message.includes("slot") ? "recreate" : "reconnect";
    default:
      return "reconnect";
  }
}
