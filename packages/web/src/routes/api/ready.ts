import { createFileRoute } from "@tanstack/react-router";
import { readiness } from "~/lib/server/health/readiness";
import { serveReady } from "~/lib/server/health/serve-health";

const serve = serveReady(readiness());

export const Route = createFileRoute("/api/ready")({
  server: { handlers: { GET: serve, HEAD: serve } },
});
