import "@tanstack/react-start/server-only";
import { randomUUID } from "node:crypto";
import { z } from "zod";
import { isLive, type ShapeHandler } from "~/lib/electric-proxy";
import type { CallerSession } from "~/lib/server/auth/caller-session";
import { checkedSession } from "~/lib/server/auth/checked-session";
import { watchSession } from "~/lib/server/auth/standing";
import { foreignPage, isFromOwnPage } from "~/lib/server/http/own-origin";
import { refusal, retryAfter } from "~/lib/server/http/refusal";
import { isStopping } from "~/lib/server/http/stopping";
import { answerOf } from "~/lib/server/http/whole-answer";
import { lineSeconds } from "~/lib/server/limits";
import type { Ask } from "~/lib/server/line/follow";
import { lineStream } from "~/lib/server/line/line-stream";
import { placeFor } from "~/lib/server/line/open-lines";
import { shapeRoute } from "~/lib/server/line/shape-routes";
import { uncacheable } from "~/lib/wire/caching";
import { type Answer, pollsPerLine } from "~/lib/wire/line";
import { inspectHeader, moment, momentsHeader, momentsText } from "~/lib/wire/moments";

const lineRequest = z.strictObject({
  polls: z.array(z.string().max(8_192).startsWith("/api/")).min(1).max(pollsPerLine),
  // A page that was loaded before browsers had ids sends none.
  browser: z.string().min(1).max(64).optional(),
});

type RouteOf = (path: string) => Promise<Pick<ShapeHandler, "poll"> | undefined>;

/**
 * Serves the line of a browser: the live polls of all shapes over one request. The handler of each shape's route
 * answers the polls of the shape, with all checks of the route. See `~/lib/wire/line` for the format.
 *
 * Answers 401 without a session, 403 to pages of other sites, 400 when the body is no list of polls, 429 when too
 * many browsers of the user hold a line, 503 when the session cannot be checked, the process holds as many lines as it can,
 * or the process is stopping.
 *
 * @param routeOf finds the handler of a shape by the path of the route
 */
export function serveLine(routeOf: RouteOf = shapeRoute) {
  return async ({ request }: { request: Request }): Promise<Response> => {
    if (!isFromOwnPage(request)) return refusal(403, foreignPage);
    if (isStopping()) return refusal(503, "This server is stopping. Ask again.", retryAfter);
    const session = await checkedSession(request, "line");
    if (session instanceof Response) return session;
    const asked = lineRequest.safeParse(await request.json().catch(() => undefined));
    if (!asked.success) return refusal(400, `A line takes 1 to ${pollsPerLine} polls of shapes.`);
    const { polls, browser = randomUUID() } = asked.data;
    const place = placeFor(session.id, browser);
    if (!place) return refusal(429, "You have this app open in too many browsers.", { "retry-after": "30" });

    const ask: Ask = (poll, signal) => askRoute(routeOf, session, poll, signal);
    const line = lineStream({
      polls,
      ask: request.headers.has(inspectHeader) ? withMoment(ask) : ask,
      watch: (ended) => watchSession(session, ended),
      // Browsers that came at once, as after a deployment, do not come at once again.
      seconds: lineSeconds * (0.9 + Math.random() / 5),
      request,
      replaced: place.replaced,
      onEnd: place.release,
    });
    return new Response(line, {
      // Keeps proxies from buffering the answer, which would hold back every frame until the line ends.
      headers: {
        "content-type": "application/x-ndjson",
        "cache-control": uncacheable,
        "x-accel-buffering": "no",
      },
    });
  };
}

/** Adds to each answer when Electric's answer came to this server, for the inspector. */
function withMoment(ask: Ask): Ask {
  return async (poll, signal) => {
    const answer = await ask(poll, signal);
    // Others may have the same answer.
    return {
      ...answer,
      headers: { ...answer.headers, [momentsHeader]: momentsText({ served: moment() }) },
    };
  };
}

/** Lets the route of a shape answer a poll, for a caller whose session has been checked. */
async function askRoute(
  routeOf: RouteOf,
  session: CallerSession,
  poll: string,
  signal: AbortSignal,
): Promise<Answer> {
  const [path = "", query] = poll.split("?");
  const route = await routeOf(path);
  if (!route) return answerOf(refusal(404, `No shape is served at ${path}.`));
  const asked = new URLSearchParams(query);
  // A first load is a separate request, because a line would have to hold the whole answer in memory.
  if (!isLive(asked)) return answerOf(refusal(400, "A line carries only live polls."));
  return route.poll(session, asked, signal);
}
