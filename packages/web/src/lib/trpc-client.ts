import { createTRPCClient, httpLink } from "@trpc/client";
import { describingLink } from "~/lib/sync/outbox/describing-link";
import type { AppRouter } from "~/routes/api/trpc/$";

/** How long a write may take before it counts as failed, in milliseconds. */
const writeTimeout = 15_000;

/**
 * Calls the tRPC router from the browser. Each call is one request, so that each write has a status of its own.
 *
 * What the collections change does not travel by it: the outbox lets it describe the calls, and sends them in order.
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
