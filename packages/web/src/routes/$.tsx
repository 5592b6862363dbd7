import { createFileRoute, notFound } from "@tanstack/react-router";
import { NotFoundPage } from "~/components/feedback/not-found-page";

/** Serves every address that no other route serves, so that the page for a wrong address has its own title. */
export const Route = createFileRoute("/$")({
  loader: () => {
    throw notFound();
  },
  head: () => ({ meta: [{ title: "Page not found · Tracer" }] }),
  notFoundComponent: NotFoundPage,
});
