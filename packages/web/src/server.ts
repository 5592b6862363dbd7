import handler, { createServerEntry } from "@tanstack/react-start/server-entry";
import { Resource } from "sst";
import { addressHeader } from "~/lib/server/http/client-address";
import { finishAnswer } from "~/lib/server/http/finish-answer";
import { ownAddress } from "~/lib/server/http/own-address";
import { withQuietAbort } from "~/lib/server/http/quiet-abort";
import { bufferBody } from "~/lib/server/http/request-body";
import { nonceHeader } from "~/lib/wire/nonce-header";

export default createServerEntry({
  fetch: async (request, options) => {
    setClientAddress(request);
    const nonce = crypto.randomUUID();
    request.headers.set(nonceHeader, nonce);
    const answer = redirectHome(request) ?? (await answerRequest(request, options));
    return finishAnswer(request, answer, nonce);
  },
});

/** Redirects a page that was asked for under another name of this machine to the site's own address. */
function redirectHome(request: Request): Response | undefined {
  const location = ownAddress(request, Resource.Site.url);
  return location === undefined ? undefined : new Response(null, { status: 307, headers: { location } });
}

async function answerRequest(
  request: Request,
  options: Parameters<typeof handler.fetch>[1],
): Promise<Response> {
  const read = await bufferBody(request);
  return read instanceof Response ? read : handler.fetch(withQuietAbort(read), options);
}

/**
 * Sets the header that holds the client's address, unless the header is there already. CloudFront's function sets the
 * header and overwrites what the client sent. Without CloudFront, the server trusts a client that sends the header, so
 * strangers must reach the server through CloudFront alone.
 */
function setClientAddress(request: Request): void {
  if (request.headers.has(addressHeader)) return;
  if ("ip" in request && typeof request.ip === "string") request.headers.set(addressHeader, request.ip);
}
