import { vi } from "vitest";

/** What the network does to one push. */
export type Fault = (send: () => Promise<Response>) => Promise<Response>;

const lost = new TypeError("fetch failed");

/** The server never gets the request. */
export const loseRequest: Fault = async () => {
  throw lost;
};

/** The server does what it is asked, and the page never learns of it. */
export const loseAnswer: Fault = async (send) => {
  await (await send()).body?.cancel();
  throw lost;
};

/** Something between the page and the server answers in its place. */
export const answer =
  (status: number, headers: Record<string, string> = {}): Fault =>
  async () =>
    new Response("<h1>Oops</h1>", { status, headers: { "content-type": "text/html", ...headers } });

/** The request waits, on its way or on the way back, until it is let go. */
export function hold() {
  const { promise: letGo, resolve: go } = Promise.withResolvers<void>();
  const { promise: reached, resolve: reach } = Promise.withResolvers<void>();
  const fault: Fault = async (send) => {
    reach();
    await letGo;
    return send();
  };
  return { fault, go, reached };
}

/**
 * Puts itself between the pages and the server. Each push meets the next of the faults, and none when there is none
 * left. Other requests pass.
 */
export function faultyWire() {
  const plain = globalThis.fetch;
  const faults: Fault[] = [];
  /** The bodies of the pushes, in their order. */
  const pushes: string[] = [];
  const send: typeof fetch = async (input, init) => {
    if (!String(input).endsWith("/api/trpc/push")) return plain(input, init);
    pushes.push(String(init?.body));
    const fault = faults.shift();
    // What has left the page is no longer in its hands: it goes on when the page gives up.
    const { signal: _, ...rest } = init ?? {};
    return fault ? fault(() => plain(input, rest)) : plain(input, init);
  };
  vi.stubGlobal("fetch", send);
  return { faults, pushes };
}
