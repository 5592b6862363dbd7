import { createFileRoute } from "@tanstack/react-router";
import { handleTrpc, router } from "~/lib/trpc";
import { usersRouter } from "~/lib/trpc/users";

const appRouter = router({
  users: usersRouter,
});

export type AppRouter = typeof appRouter;

const handle = handleTrpc(appRouter);

export const Route = createFileRoute("/api/trpc/$")({
  server: { handlers: { GET: handle, POST: handle } },
});
