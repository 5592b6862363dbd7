import { createFileRoute } from "@tanstack/react-router";
import { servePicture } from "~/lib/server/uploads/serve-picture";

export const Route = createFileRoute("/api/picture/$")({
  server: { handlers: { GET: servePicture } },
});
