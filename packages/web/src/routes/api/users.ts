import { createFileRoute } from "@tanstack/react-router";
import { selectUserSchema, user, userAccess } from "@tracer/core/auth/auth.sql";
import { serveShape } from "~/lib/electric-proxy";

export const Route = createFileRoute("/api/users")({
  server: {
    handlers: {
      GET: serveShape({ table: user, schema: selectUserSchema, access: userAccess }),
    },
  },
});
