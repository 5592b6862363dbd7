import { expect, test } from "vitest";
import { SetupError } from "../errors/setup-error.ts";
import { explain } from "./explain.ts";
import { ProtocolError } from "./protocol-error.ts";
import { remedyFor } from "./remedy.ts";
import { SlotTakenError } from "./slot-taken-error.ts";

/** An error as Postgres' driver and Node report it. */
const failure = (code: string, message = "no") => Object.assign(new Error(message), { code });

test.for<[string, unknown, string]>([
  ["a database that is not set up", new SetupError("no", "do this"), "give-up"],
  ["a slot that another server reads", new SlotTakenError("no"), "wait"],
  ["a slot that is in use (object_in_use)", failure("55006"), "wait"],
  ["a slot or publication that is gone (undefined_object)", failure("42704"), "recreate"],
  [
    "a slot without its WAL",
    failure("55000", 'can no longer get changes from replication slot "s"'),
    "recreate",
  ],
  ["another object in a wrong state", failure("55000", "recovery is in progress"), "reconnect"],
  ["a server that shuts down (admin_shutdown)", failure("57P01"), "reconnect"],
  ["a connection that broke", failure("ECONNRESET"), "reconnect"],
  ["a message that cannot be read", new ProtocolError("no"), "reconnect"],
  ["an error without a code", new Error("replication slot"), "reconnect"],
  ["something that is no error", "55006", "reconnect"],
])("%s", ([, error, remedy]) => {
  expect(remedyFor(error)).toBe(remedy);
});

test.for<[string, RegExp]>([
  ["28P01", /password/],
  ["28000", /pg_hba\.conf/],
  ["3D000", /DATABASE_URL/],
  ["42501", /REPLICATION attribute/],
  ["53400", /max_replication_slots/],
])("a refusal with %s is explained, with advice", ([code, advice]) => {
  const refusal = failure(code, "Postgres says no");
  const explained = explain(refusal);
  if (!(explained instanceof SetupError)) throw new Error("no SetupError");
  expect(explained.message).toContain("Postgres says no");
  expect(explained.advice).toMatch(advice);
  expect(explained.cause).toBe(refusal);
  expect(remedyFor(explained)).toBe("give-up");
});

test("what a person cannot mend stays as it is", () => {
  for (const error of [failure("57P03"), failure("ECONNREFUSED"), new SlotTakenError("no"), "text"]) {
    expect(explain(error)).toBe(error);
  }
});
