import { router } from "~/lib/trpc";
import { usersRouter } from "~/lib/trpc/users";

/** The app's tRPC router, with one entry for each table that people write. */
export const appRouter = router({
  users: usersRouter,
});

/** The type from which the browser's client learns the procedures, their inputs and their answers. */
export type AppRouter = typeof appRouter;
