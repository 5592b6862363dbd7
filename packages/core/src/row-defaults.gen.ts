// Written from the tables by `npm run db:generate`, `npm run new:table` and `npm run remove:table`.
// The browser has no Drizzle, so `newRow` takes from here what Postgres puts into a row where nothing else is said.

import type { User } from "./auth/auth.sql.ts";
import type { RowDefaults } from "./new-row.ts";

export const userDefaults: RowDefaults<User, "emailVerified" | "image" | "createdAt" | "updatedAt"> = () => ({
  emailVerified: false,
  image: null,
  createdAt: new Date(),
  updatedAt: new Date(),
});
