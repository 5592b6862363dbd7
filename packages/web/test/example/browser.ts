import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { createTRPCClient, httpLink } from "@trpc/client";
import { vi } from "vitest";
import { describingLink } from "~/lib/sync/outbox/describing-link";
import type { Person } from "../app";
import type { ExampleRouter } from "./server";

type Handler = (context: { request: Request }) => Promise<Response>;

/**
 * Serves handlers over HTTP, as the app's server does.
 *
 * @param origin the address that the app takes for its own
 */
export async function serve(origin: string, handlers: Record<string, Handler>) {
  const server = createServer(async (incoming, outgoing) => {
    const gone = new AbortController();
    outgoing.once("close", () => gone.abort());
    const request = await requestOf(origin, incoming, gone.signal);
    const { pathname } = new URL(request.url);
    const handle = Object.entries(handlers).find(([path]) => pathname.startsWith(path))?.[1];
    const answer = handle ? await handle({ request }) : new Response(null, { status: 404 });
    outgoing.writeHead(answer.status, Object.fromEntries(answer.headers));
    // Cancels the body when the client has left.
    if (answer.body) await pipeline(Readable.fromWeb(answer.body as never), outgoing).catch(() => {});
    else outgoing.end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

/** @param gone aborts when the client has left */
async function requestOf(origin: string, incoming: IncomingMessage, gone: AbortSignal): Promise<Request> {
  return new Request(new URL(incoming.url ?? "/", origin), {
    method: incoming.method,
    headers: incoming.headers as Record<string, string>,
    body: incoming.method === "GET" ? undefined : await text(incoming),
    signal: gone,
  });
}

/** Makes this process look like a page in a browser, as far as the app's collections use one. */
export function stubBrowser(serverUrl: string, people: Person[]): void {
  const storage = new Map<string, string>();
  newPage();
  Object.defineProperty(navigator, "onLine", { value: true, configurable: true });
  vi.stubGlobal("location", { origin: serverUrl });
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => storage.get(key) ?? null,
    setItem: (key: string, value: string) => storage.set(key, value),
    removeItem: (key: string) => storage.delete(key),
  });
  const plain = globalThis.fetch;
  // A browser adds cookies and the origin to a request: those of the person whose page sends the request.
  vi.stubGlobal("fetch", (input: RequestInfo | URL, init: RequestInit = {}) => {
    const headers = new Headers(init.headers);
    const person = people.find(({ id }) => id === headers.get("x-tracer-user"));
    for (const [name, value] of Object.entries(person?.headers ?? {})) headers.set(name, value);
    return plain(input, { ...init, headers });
  });
}

/** Opens a new page, because a page holds the collections of one person. */
export function newPage(): void {
  vi.stubGlobal("window", { addEventListener: () => {} });
  vi.stubGlobal("document", { addEventListener: () => {}, visibilityState: "visible" });
}

/** The tRPC client of a person's page. */
export function trpcOf(serverUrl: string, person: Person) {
  return createTRPCClient<ExampleRouter>({
    links: [describingLink(), httpLink({ url: `${serverUrl}/api/trpc`, headers: person.headers })],
  });
}
