import { createFileRoute } from "@tanstack/react-router";
import { handleTrpc } from "~/lib/trpc";
import { appRouter } from "~/lib/trpc/router";

const handle = handleTrpc(appRouter);

export const Route = createFileRoute("/api/trpc/$")({
  server: { handlers: { GET: handle, POST: handle } },
});
