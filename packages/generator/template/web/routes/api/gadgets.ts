import { createFileRoute } from "@tanstack/react-router";
import { gadget, gadgetAccess, selectGadgetSchema } from "@tracer/core/gadget/gadget.sql";
import { serveShape } from "~/lib/electric-proxy";

const GET = serveShape({ table: gadget, schema: selectGadgetSchema, access: gadgetAccess });

export const Route = createFileRoute("/api/gadgets")({ server: { handlers: { GET } } });
