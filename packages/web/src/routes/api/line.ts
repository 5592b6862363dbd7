import { createFileRoute } from "@tanstack/react-router";
import { serveLine } from "~/lib/server/line/serve-line";

export const Route = createFileRoute("/api/line")({
  server: { handlers: { POST: serveLine() } },
});
