import handler, { createServerEntry } from "@tanstack/react-start/server-entry";
import { Resource } from "sst";
import { addressHeader } from "~/lib/server/http/client-address";
import { ownAddress } from "~/lib/server/http/own-address";
import { withinLimit } from "~/lib/server/http/request-body";
import { settled } from "~/lib/server/http/settled-answer";
import { nonceHeader } from "~/lib/wire/nonce-header";

/** Thrown through the framework when a browser goes. As an HTTP error it is not logged as a failure of ours. */
const clientGone = Object.assign(new Error("The client has gone."), { status: 499 });

export default createServerEntry({
  fetch: async (request, options) => {
    nameClient(request);
    const nonce = crypto.randomUUID();
    request.headers.set(nonceHeader, nonce);
    const answer = ledHome(request) ?? (await answered(request, options));
    return settled(request, answer, nonce);
  },
});

/** Leads a page that was asked for under another name of this machine to the site's own address. */
function ledHome(request: Request): Response | undefined {
  const location = ownAddress(request, Resource.Site.url);
  return location === undefined ? undefined : new Response(null, { status: 307, headers: { location } });
}

async function answered(request: Request, options: Parameters<typeof handler.fetch>[1]): Promise<Response> {
  const taken = await withinLimit(request);
  return taken instanceof Response ? taken : handler.fetch(withQuietAbort(taken), options);
}

/**
 * CloudFront's function sets the header, over what the client sent. Without CloudFront in front, the client is whoever
 * is connected, but one that sends the header is believed: only CloudFront may reach a server that strangers use.
 */
function nameClient(request: Request): void {
  if (request.headers.has(addressHeader)) return;
  if ("ip" in request && typeof request.ip === "string") request.headers.set(addressHeader, request.ip);
}

/**
 * A long poll ends with its tab: that is no error, but the framework would log one for each, since it takes the abort
 * of a request for an uncaught error.
 */
function withQuietAbort(request: Request): Request {
  if (request.method !== "GET") return request;
  const abort = new AbortController();
  if (request.signal.aborted) abort.abort(clientGone);
  request.signal.addEventListener("abort", () => abort.abort(clientGone), { once: true });
  return new Request(request.url, { headers: request.headers, signal: abort.signal });
}
