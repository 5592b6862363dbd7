import { createRouter } from "@tanstack/react-router";
import { ErrorPage } from "~/components/feedback/error-page";
import { NotFoundPage } from "~/components/feedback/not-found-page";
import { routeTree } from "./routeTree.gen";

/** A router of its own for each request on the server, one for the page's life in the browser. */
export function getRouter() {
  return createRouter({
    routeTree,
    defaultPreload: "intent",
    defaultErrorComponent: ErrorPage,
    defaultNotFoundComponent: NotFoundPage,
    scrollRestoration: true,
  });
}
