import { createFileRoute } from "@tanstack/react-router";
import { serveAuth } from "~/lib/server/auth/auth-handler";

export const Route = createFileRoute("/api/auth/$")({
  server: { handlers: { GET: serveAuth, POST: serveAuth } },
});
