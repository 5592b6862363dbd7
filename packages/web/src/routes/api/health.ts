import { createFileRoute } from "@tanstack/react-router";
import { serveHealth } from "~/lib/server/health/serve-health";

export const Route = createFileRoute("/api/health")({
  server: { handlers: { GET: serveHealth, HEAD: serveHealth } },
});
