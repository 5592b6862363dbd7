import { createFileRoute } from "@tanstack/react-router";
import { serveAccountData } from "~/lib/server/account-data";

export const Route = createFileRoute("/api/account-data")({
  server: { handlers: { GET: serveAccountData() } },
});
