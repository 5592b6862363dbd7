import "@tanstack/react-start/server-only";
import { sessionOf } from "~/lib/server/auth/caller";
import type { CallerSession } from "~/lib/server/auth/caller-session";
import { addressHeader } from "~/lib/server/http/client-address";
import { foreignPage, isFromOwnPage } from "~/lib/server/http/own-origin";
import { refusalAt, retryAfter } from "~/lib/server/http/refusal";
import { bufferBody } from "~/lib/server/http/request-body";
import {
  longestBody,
  longestStrangerBody,
  strangerBodies,
  userBodies,
  userWrites,
  writesAtOnce,
} from "~/lib/server/limits";
import { FairQueue } from "~/lib/server/load/fair-queue";
import { Held } from "~/lib/server/load/held";
import { widestNetwork } from "~/lib/server/load/networks";
import { Overload, refuseOverload } from "~/lib/server/load/overload";
import { SharedUse } from "~/lib/server/load/shared-use";
import { logFailure } from "~/lib/server/log-failure";
import { longestPicture, uploadPath } from "~/lib/wire/picture";

const bodies = { user: new Held("bodies", userBodies), stranger: new Held("bodies", strangerBodies) };
const writes = new FairQueue("writes", writesAtOnce);
const writesOfUser = new SharedUse("writes", userWrites);

/** Writes that this process has taken on: their bodies arrive, they wait, or they run. */
const takenOn = new Held("writes", {
  perClient: writesAtOnce.waitingPerLane + writesAtOnce.atOncePerLane,
  together: writesAtOnce.waitingPerLane * 10,
});

/** What only a signed-in user of the app's own pages may send, with the words for everybody else. */
const forUsers = [
  { path: "/api/trpc/", isWrite: true, words: "Sign in to make changes.", longest: longestBody },
  { path: "/api/line", isWrite: false, words: "Sign in to sync.", longest: longestBody },
  { path: uploadPath, isWrite: false, words: "Sign in to upload a picture.", longest: longestPicture },
];

/** Who sends a body. */
interface Sender {
  /** Undefined for a stranger. */
  readonly user: string | undefined;
  readonly isWrite: boolean;
  /** The greatest length of the body, in bytes. */
  readonly longest: number;
}

/**
 * Serves a request with its body in memory. Before any of the body is read, it is known who sends the body, whether the
 * sender may send anything there, and that there is room. A write waits for its turn among the users who write.
 *
 * Answers 401 or 403 to a stranger where only users may send, 408 or 413 for a body that is too slow or too long, and 429
 * or 503 at once when there is no room.
 *
 * @param serve gets the request with its whole body
 */
export async function admit(
  request: Request,
  serve: (read: Request) => Promise<Response>,
): Promise<Response> {
  if (request.method === "GET" || request.method === "HEAD") return serve(request);
  const sender = await senderOf(request);
  if (sender instanceof Response) return sender;
  const { user, isWrite, longest } = sender;
  try {
    using held = new DisposableStack();
    if (user !== undefined && isWrite) {
      writesOfUser.count(user);
      held.defer(takenOn.take(user));
    }
    held.defer(takeRoom(request, user, longest));
    const read = await bufferBody(request, { longest });
    if (read instanceof Response) return read;
    if (user === undefined || !isWrite) return await serve(read);
    return await writes.run(user, () => serve(read));
  } catch (error) {
    if (error instanceof Overload) return await refuseOverload(request, error, user);
    throw error;
  }
}

const stranger: Sender = { user: undefined, isWrite: false, longest: longestStrangerBody };

async function senderOf(request: Request): Promise<Sender | Response> {
  const { pathname } = new URL(request.url);
  // better-auth's routes find the session themselves, and most of their callers have none.
  if (pathname.startsWith("/api/auth/")) return stranger;
  const rule = forUsers.find(({ path }) => pathname.startsWith(path));
  if (rule && !isFromOwnPage(request)) return refusalAt(request.url, "FORBIDDEN", foreignPage);
  let session: CallerSession | undefined;
  try {
    session = await sessionOf(request);
  } catch (error) {
    logFailure("the sender of a body could not be checked", error);
    return refusalAt(request.url, "SERVICE_UNAVAILABLE", unchecked, retryAfter);
  }
  if (rule && !session) return refusalAt(request.url, "UNAUTHORIZED", rule.words);
  if (!session) return stranger;
  return { user: session.id, isWrite: rule?.isWrite ?? false, longest: rule?.longest ?? longestBody };
}

const unchecked =
  "The database cannot be reached at the moment, so nothing was saved. Try again in a moment.";

/** Takes the room for a body, until the request has been served. @throws Overload */
function takeRoom({ headers }: Request, user: string | undefined, longest: number): () => void {
  // Without a length the body may be as long as allowed. A body that is too long is refused unread, and needs no room.
  const length = Number(headers.get("content-length") ?? longest);
  const room = length > longest ? 0 : length;
  if (user !== undefined) return bodies.user.take(user, room);
  return bodies.stranger.take(widestNetwork(headers.get(addressHeader) ?? undefined), room);
}
