import "@tanstack/react-start/server-only";
import {
  account,
  passkey,
  rateLimit,
  session,
  twoFactor,
  user,
  verification,
} from "@tracer/core/auth/auth.sql";
import { db } from "@tracer/core/drizzle/database";
import { rootCause } from "@tracer/core/root-cause";
import { APIError, BASE_ERROR_CODES } from "better-auth";
import { drizzleAdapter } from "better-auth/adapters/drizzle";
import { sql } from "drizzle-orm";
import { constraintRefusal } from "~/lib/server/constraint-refusal";
import { longestSessionSeconds } from "~/lib/server/limits";
import { logFailure } from "~/lib/server/log-failure";

type AdapterFactory = ReturnType<typeof drizzleAdapter>;
type Adapter = ReturnType<AdapterFactory>;
type Create = Adapter["create"];
type Update = Adapter["update"];

const onDrizzle = drizzleAdapter(db, {
  provider: "pg",
  schema: { user, session, account, verification, rateLimit, twoFactor, passkey },
  // Without it a failure in the middle of a sign-up leaves a user who cannot sign in.
  transaction: true,
});

/**
 * better-auth's adapter for Drizzle, with two differences: a user who cannot be added is refused with the reason, and no
 * session stands for longer than {@link longestSessionSeconds}.
 *
 * better-auth looks for the address before it adds the user. Of two sign-ups for one address at the same time both find
 * the address free, and Postgres refuses the second one. better-auth answers that, and every other failure of the
 * insert, with "Failed to create user" and 422, as if the person had entered something wrong.
 */
export const authAdapter: AdapterFactory = (options) => {
  const adapter = onDrizzle(options);
  return {
    ...adapter,
    create: explained(adapter.create),
    update: bounded(adapter.update),
    transaction: (act) =>
      adapter.transaction((tx) => act({ ...tx, create: explained(tx.create), update: bounded(tx.update) })),
  };
};

/**
 * Prolongs a session only up to the end of its absolute life. better-auth prolongs a session by use for ever. The time
 * in the row is the one that every check of a session reads, so the bound holds for all of them.
 */
function bounded(update: Update): Update {
  return async (change) => {
    const { expiresAt } = change.update;
    if (change.model !== "session" || !(expiresAt instanceof Date)) return update(change);
    const end = sql`${session.createdAt} + make_interval(secs => ${longestSessionSeconds})`;
    // better-auth hands the value on to Drizzle, which accepts an expression in place of a value.
    const least = sql`least(${expiresAt.toISOString()}::timestamptz, ${end})`;
    return update({ ...change, update: { ...change.update, expiresAt: least } });
  };
}

function explained(create: Create): Create {
  return async (row) => {
    try {
      return await create(row);
    } catch (error) {
      throw row.model === "user" ? refusalOfUser(error) : error;
    }
  };
}

/** better-auth passes on an APIError as it is. */
function refusalOfUser(error: unknown): APIError {
  if (isTakenAddress(error)) {
    return APIError.from("UNPROCESSABLE_ENTITY", BASE_ERROR_CODES.USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL);
  }
  const refused = constraintRefusal(error);
  if (refused?.code === "BAD_REQUEST") return new APIError("BAD_REQUEST", { message: refused.message });
  logFailure("auth", error);
  return new APIError("SERVICE_UNAVAILABLE");
}

function isTakenAddress(error: unknown): boolean {
  const cause = rootCause(error);
  return cause instanceof Error && "constraint" in cause && cause.constraint === user.email.uniqueName;
}
