import "@tanstack/react-start/server-only";
import { callerOf } from "~/lib/server/auth/caller";
import type { Caller } from "~/lib/server/auth/caller-session";
import { foreignPage, isFromOwnPage } from "~/lib/server/http/own-origin";
import { refusal, retryAfter } from "~/lib/server/http/refusal";
import { userUploads } from "~/lib/server/limits";
import { takeAttempt } from "~/lib/server/load/buckets";
import { Overload, refuseOverload } from "~/lib/server/load/overload";
import { logFailure } from "~/lib/server/log-failure";
import { cleanPicture } from "~/lib/server/pictures/clean-picture";
import { UnfitPicture } from "~/lib/server/pictures/picture-format";
import { keepPicture } from "~/lib/server/pictures/pictures";
import { uncacheable } from "~/lib/wire/caching";
import { userHeader } from "~/lib/wire/user-header";

/**
 * Takes a picture that a person uploads: a POST whose body is the picture. The person's row does not change. The browser
 * writes the address into the row with an edit like any other.
 *
 * Answers 201 with `{ address }`, or a refusal in words.
 */
export async function takePicture({ request }: { request: Request }): Promise<Response> {
  if (!isFromOwnPage(request)) return refusal(403, foreignPage);
  try {
    const caller = await callerOf(request, { fresh: true });
    if (!caller) return refusal(401, "Sign in to upload a picture.");
    // Another tab may have signed in another person.
    const expected = request.headers.get(userHeader) ?? caller.id;
    if (expected !== caller.id) return refusal(401, "Another user is signed in now.");
    return await take(request, caller);
  } catch (error) {
    if (error instanceof UnfitPicture) return refusal(error.status, error.message);
    logFailure("picture: the upload failed", error);
    return refusal(503, "The picture could not be kept. Try again in a moment.", retryAfter);
  }
}

async function take(request: Request, { id }: Caller): Promise<Response> {
  const wait = await takeAttempt([{ key: `uploads:${id}`, ...userUploads }]);
  if (wait !== undefined) return refuseOverload(request, new Overload("uploads", "client", wait), id);
  const type = request.headers.get("content-type") ?? "";
  const address = await keepPicture(id, cleanPicture(type, new Uint8Array(await request.arrayBuffer())));
  if (address === undefined) return refusal(503, "This server keeps no pictures.");
  return Response.json({ address }, { status: 201, headers: { "cache-control": uncacheable } });
}
