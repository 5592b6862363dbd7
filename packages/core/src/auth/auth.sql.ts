import { eq } from "drizzle-orm";
import { bigint, boolean, index, integer, pgTable, primaryKey, text, uniqueIndex } from "drizzle-orm/pg-core";
import { createSelectSchema, createUpdateSchema } from "drizzle-zod";
import type { z } from "zod";
import { access } from "../drizzle/access.ts";
import { timestamps, timestamptz } from "../drizzle/columns.ts";
import { userNameChecks } from "./auth.rules.ts";
import { userImageChecks } from "./picture.rules.ts";

/** A person with an account. Each person's row is synced to their own browser. */
export const user = pgTable("user", {
  id: text("id").primaryKey(),
  name: text("name").notNull(),
  email: text("email").notNull().unique(),
  emailVerified: boolean("email_verified").notNull().default(false),
  image: text("image"),
  /** Whether a sign-in with the password needs a code as well. */
  twoFactorEnabled: boolean("two_factor_enabled").notNull().default(false),
  ...timestamps,
});

/** A person reads and changes only their own row. */
export const userAccess = access((userId) => eq(user.id, userId));

/** The columns that reach the browser. A new column stays on the server until it is added here. */
export const selectUserSchema = createSelectSchema(user).pick({
  id: true,
  name: true,
  email: true,
  emailVerified: true,
  image: true,
  createdAt: true,
  updatedAt: true,
});

/** The columns of their own row that a person may change. Any other field is refused. */
export const updateUserSchema = createUpdateSchema(user, {
  name: (column) => column.check(...userNameChecks),
  image: (column) => column.check(...userImageChecks),
})
  .pick({ id: true, name: true, image: true })
  .required({ id: true })
  .strict();

export type User = z.infer<typeof selectUserSchema>;

/** A sign-in in one browser. The cookie carries the token, which is secret, so this table is never synced. */
export const session = pgTable(
  "session",
  {
    id: text("id").primaryKey(),
    token: text("token").notNull().unique(),
    expiresAt: timestamptz("expires_at").notNull(),
    ipAddress: text("ip_address"),
    userAgent: text("user_agent"),
    userId: text("user_id")
      .notNull()
      .references(() => user.id, { onDelete: "cascade" }),
    ...timestamps,
  },
  (table) => [index("session_user_id_idx").on(table.userId)],
);

/** A way to sign in: the hash of a password, or the tokens of a provider. Never synced. */
export const account = pgTable(
  "account",
  {
    id: text("id").primaryKey(),
    accountId: text("account_id").notNull(),
    providerId: text("provider_id").notNull(),
    userId: text("user_id")
      .notNull()
      .references(() => user.id, { onDelete: "cascade" }),
    accessToken: text("access_token"),
    refreshToken: text("refresh_token"),
    idToken: text("id_token"),
    accessTokenExpiresAt: timestamptz("access_token_expires_at"),
    refreshTokenExpiresAt: timestamptz("refresh_token_expires_at"),
    scope: text("scope"),
    password: text("password"),
    ...timestamps,
  },
  (table) => [
    index("account_user_id_idx").on(table.userId),
    uniqueIndex("account_provider_id_account_id_idx").on(table.providerId, table.accountId),
  ],
);

/**
 * A person's authenticator app: the secret that the app shares with the server, and the backup codes, both encrypted.
 * `verified` becomes true when the person has shown a code of the app. better-auth writes its other two columns, whose
 * counting the app's own limits replace. Never synced.
 */
export const twoFactor = pgTable("two_factor", {
  id: text("id").primaryKey(),
  userId: text("user_id")
    .notNull()
    .unique()
    .references(() => user.id, { onDelete: "cascade" }),
  secret: text("secret").notNull(),
  backupCodes: text("backup_codes").notNull(),
  verified: boolean("verified").notNull().default(false),
  failedVerificationCount: integer("failed_verification_count").notNull().default(0),
  lockedUntil: timestamptz("locked_until"),
});

/** A passkey: the public half of a key pair, whose private half never leaves the person's device. Never synced. */
export const passkey = pgTable(
  "passkey",
  {
    id: text("id").primaryKey(),
    userId: text("user_id")
      .notNull()
      .references(() => user.id, { onDelete: "cascade" }),
    name: text("name"),
    publicKey: text("public_key").notNull(),
    // better-auth's name for the column.
    credentialID: text("credential_id").notNull().unique(),
    counter: bigint("counter", { mode: "number" }).notNull(),
    deviceType: text("device_type").notNull(),
    backedUp: boolean("backed_up").notNull(),
    transports: text("transports"),
    aaguid: text("aaguid"),
    createdAt: timestamptz("created_at").notNull().defaultNow(),
  },
  (table) => [index("passkey_user_id_idx").on(table.userId)],
);

/** Short-lived tokens that prove control of an e-mail address. Never synced. */
export const verification = pgTable(
  "verification",
  {
    id: text("id").primaryKey(),
    identifier: text("identifier").notNull(),
    value: text("value").notNull(),
    expiresAt: timestamptz("expires_at").notNull(),
    ...timestamps,
  },
  (table) => [index("verification_identifier_idx").on(table.identifier)],
);

/** The counters of better-auth's rate limit, which all server processes share. Never synced. */
export const rateLimit = pgTable("rate_limit", {
  id: text("id").primaryKey(),
  key: text("key").notNull().unique(),
  count: integer("count").notNull(),
  lastRequest: bigint("last_request", { mode: "number" }).notNull(),
});

/**
 * The devices from which a person has signed in, so that the person gets a mail about a new one. `device` is a hash, from
 * which neither the browser nor the network address can be read. Never synced.
 */
export const seenDevice = pgTable(
  "seen_device",
  {
    userId: text("user_id")
      .notNull()
      .references(() => user.id, { onDelete: "cascade" }),
    device: text("device").notNull(),
    seenAt: timestamptz("seen_at").notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.userId, table.device] })],
);
