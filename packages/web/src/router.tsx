import { createRouter } from "@tanstack/react-router";
import { createIsomorphicFn } from "@tanstack/react-start";
import { getRequestHeader } from "@tanstack/react-start/server";
import { config } from "zod/mini";
import { ErrorPage } from "~/components/feedback/error-page";
import { NotFoundPage } from "~/components/feedback/not-found-page";
import { nonceHeader } from "~/lib/wire/nonce-header";
import { routeTree } from "./routeTree.gen";

// Zod would compile its checks, which takes the `eval` that the pages' policy forbids.
config({ jitless: true });

/** What marks the inline scripts of the page that is rendered. In the browser the router finds it on the page. */
const nonceOfRequest = createIsomorphicFn().server(() => getRequestHeader(nonceHeader));

/** A router of its own for each request on the server, one for the page's life in the browser. */
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
