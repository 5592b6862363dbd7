import "@tanstack/react-start/server-only";
import { account, rateLimit, session, user, verification } from "@tracer/core/auth/auth.sql";
import { db } from "@tracer/core/drizzle/database";
import { rootCause } from "@tracer/core/root-cause";
import { APIError, BASE_ERROR_CODES } from "better-auth";
import { drizzleAdapter } from "better-auth/adapters/drizzle";
import { constraintRefusal } from "~/lib/server/constraint-refusal";
import { logFailure } from "~/lib/server/log-failure";

type AdapterFactory = ReturnType<typeof drizzleAdapter>;
type Create = ReturnType<AdapterFactory>["create"];

const onDrizzle = drizzleAdapter(db, {
  provider: "pg",
  schema: { user, session, account, verification, rateLimit },
  // Without it a failure in the middle of a sign-up leaves a user who cannot sign in.
  transaction: true,
});

/**
 * better-auth's adapter for Drizzle, except that a user who cannot be added is refused with the reason.
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
    transaction: (act) => adapter.transaction((tx) => act({ ...tx, create: explained(tx.create) })),
  };
};

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
