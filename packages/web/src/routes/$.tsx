import { createFileRoute, notFound } from "@tanstack/react-router";
import { NotFoundPage } from "~/components/feedback/not-found-page";

/** Every address that no other route takes: a route of its own, so that the page has a title of its own. */
export const Route = createFileRoute("/$")({
  loader: () => {
    throw notFound();
  },
  head: () => ({ meta: [{ title: "Page not found · Tracer" }] }),
  notFoundComponent: NotFoundPage,
});
