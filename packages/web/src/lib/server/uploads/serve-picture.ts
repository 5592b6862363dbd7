import "@tanstack/react-start/server-only";
import { callerOf } from "~/lib/server/auth/caller";
import { noPagePolicy } from "~/lib/server/http/every-answer";
import { refusal, retryAfter } from "~/lib/server/http/refusal";
import { pictureReads } from "~/lib/server/limits";
import { Held } from "~/lib/server/load/held";
import { Overload, refuseOverload } from "~/lib/server/load/overload";
import { logFailure } from "~/lib/server/log-failure";
import { readPicture } from "~/lib/server/pictures/pictures";

const reads = new Held("pictures", pictureReads);

const headers = {
  // The browser alone keeps the picture, which never changes under its address.
  "cache-control": "private, max-age=31536000, immutable",
  // Opened by itself, the file is a picture and nothing else, whatever its bytes hold.
  "content-security-policy": `${noPagePolicy}; sandbox`,
  "cross-origin-resource-policy": "same-origin",
  "x-content-type-options": "nosniff",
};

/**
 * Serves a picture to people who are signed in, by the address that a row holds. Nobody can guess an address, and rows
 * show the address to those who may read the rows.
 */
export async function servePicture({ request }: { request: Request }): Promise<Response> {
  try {
    // Of a copy, so that no cookie of the check goes with an answer which a browser keeps for a year.
    const caller = await callerOf(new Request(request.url, { headers: request.headers }));
    if (!caller) return refusal(401, "Sign in to see pictures.");
    using held = new DisposableStack();
    held.defer(reads.take(caller.id));
    const picture = await readPicture(new URL(request.url).pathname);
    if (!picture) return refusal(404, "There is no such picture.");
    return new Response(picture.bytes, { headers: { ...headers, "content-type": picture.type } });
  } catch (error) {
    if (error instanceof Overload) return refuseOverload(request, error);
    logFailure("picture: the picture could not be read", error);
    return refusal(503, "The picture cannot be read at the moment.", retryAfter);
  }
}
