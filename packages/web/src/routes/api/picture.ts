import { createFileRoute } from "@tanstack/react-router";
import { takePicture } from "~/lib/server/uploads/take-picture";

export const Route = createFileRoute("/api/picture")({
  server: { handlers: { POST: takePicture } },
});
