import { createTRPCClient, httpLink } from "@trpc/client";
import { describingLink } from "~/lib/sync/outbox/describing-link";
import type { AppRouter } from "~/lib/trpc/router";

/** How long a write may take before the browser counts the write as failed, in milliseconds. */
const writeTimeout = 15_000;

/**
 * Calls the tRPC router from the browser. Each call is one request, so that each write has its own status.
 *
 * The collections' writes take another way: the outbox has this client describe the calls, and sends them in order.
 */
export const trpc = createTRPCClient<AppRouter>({
  links: [
    describingLink(),
    httpLink({
      url: "/api/trpc",
      fetch: (url, init) => {
        const limit = AbortSignal.timeout(writeTimeout);
        return fetch(url, { ...init, signal: init?.signal ? AbortSignal.any([init.signal, limit]) : limit });
      },
    }),
  ],
});
