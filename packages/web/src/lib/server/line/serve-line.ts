import "@tanstack/react-start/server-only";
import { randomUUID } from "node:crypto";
import { z } from "zod";
import { checkedSession } from "~/lib/server/auth/checked-session";
import { foreignPage, isFromOwnPage } from "~/lib/server/http/own-origin";
import { pipedAnswer } from "~/lib/server/http/piped-answer";
import { refusal, retryAfter } from "~/lib/server/http/refusal";
import { isStopping } from "~/lib/server/http/stopping";
import { lineSeconds } from "~/lib/server/limits";
import type { RouteOf } from "~/lib/server/line/followed-shape";
import { Line } from "~/lib/server/line/line";
import { lineBody } from "~/lib/server/line/line-body";
import { lineOnNode } from "~/lib/server/line/line-on-node";
import { takePlace } from "~/lib/server/line/open-lines";
import { shapeRoute } from "~/lib/server/line/shape-routes";
import { uncacheable } from "~/lib/wire/caching";
import { pollsPerLine } from "~/lib/wire/line";
import { inspectHeader } from "~/lib/wire/moments";

const lineRequest = z.strictObject({
  polls: z.array(z.string().max(8_192).startsWith("/api/")).min(1).max(pollsPerLine),
  // A page that was loaded before browsers had ids sends none.
  browser: z.string().min(1).max(64).optional(),
});

/**
 * Serves the line of a browser: the live polls of all shapes over one request. The handler of each shape's route
 * holds the polls of the shape, with all checks of the route. See `~/lib/wire/line` for the format.
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
    const line = new Line({
      session,
      browser,
      polls,
      routeOf,
      inspects: request.headers.has(inspectHeader),
      // Browsers that came at once, as after a deployment, do not come at once again.
      seconds: lineSeconds * (0.9 + Math.random() / 5),
    });
    if (!takePlace(line))
      return refusal(429, "You have this app open in too many browsers.", { "retry-after": "30" });
    return import.meta.env.TRACER_BUILD === "node" && !import.meta.env.DEV
      ? pipedAnswer(lineOnNode(line), { headers })
      : new Response(lineBody(line, request), { headers });
  };
}

const headers = {
  "content-type": "application/x-ndjson",
  "cache-control": uncacheable,
  // Keeps proxies from buffering the answer, which would hold back every frame until the line ends.
  "x-accel-buffering": "no",
};
