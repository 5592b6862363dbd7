import { createRouter } from "@tanstack/react-router";
import { createIsomorphicFn } from "@tanstack/react-start";
import { getRequestHeader } from "@tanstack/react-start/server";
import { ErrorPage } from "~/components/feedback/error-page";
import { NotFoundPage } from "~/components/feedback/not-found-page";
import { nonceHeader } from "~/lib/wire/nonce-header";
import "~/lib/wire/zod-without-eval";
import { routeTree } from "./routeTree.gen";

/** Gives the nonce of the page that the server renders. In the browser the router finds the nonce on the page. */
const nonceOfRequest = createIsomorphicFn().server(() => getRequestHeader(nonceHeader));

/** Creates a router: one for each request on the server, and one for the life of the page in the browser. */
export function getRouter() {
  return createRouter({
    routeTree,
    defaultPreload: "intent",
    defaultErrorComponent: ErrorPage,
    defaultNotFoundComponent: NotFoundPage,
    scrollRestoration: true,
    ssr: { nonce: nonceOfRequest() },
  });
}
