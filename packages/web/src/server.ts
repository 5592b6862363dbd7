import handler, { createServerEntry } from "@tanstack/react-start/server-entry";
import { onLostConnection } from "@tracer/core/drizzle/database";
import { Resource } from "sst";
import { admit } from "~/lib/server/admission/admission";
import { cookiesFor, keepCookies } from "~/lib/server/auth/answer-cookies";
import { consoleIntoLog } from "~/lib/server/console-into-log";
import { apiHandler } from "~/lib/server/http/api-routes";
import { addressHeader, clientAddress } from "~/lib/server/http/client-address";
import { finishAnswer, finishApiAnswer } from "~/lib/server/http/finish-answer";
import { logged } from "~/lib/server/http/log-request";
import { finishNodeAnswers } from "~/lib/server/http/node-answers";
import { ownAddress } from "~/lib/server/http/own-address";
import { withQuietAbort } from "~/lib/server/http/quiet-abort";
import { readableCookies } from "~/lib/server/http/readable-cookies";
import { refusal } from "~/lib/server/http/refusal";
import { refuseEarly } from "~/lib/server/http/refuse-early";
import { restRefused } from "~/lib/server/http/rest-refused";
import { securityTxt, securityTxtPath } from "~/lib/server/http/security-txt";
import { endSlowRequests } from "~/lib/server/http/slow-requests";
import { stopOnSigterm } from "~/lib/server/http/stopping";
import { requestContext } from "~/lib/server/log/request-context";
import { logFailure, logProblem } from "~/lib/server/log-failure";
import { getSession } from "~/lib/session/session";
import { getSignInSetting } from "~/lib/session/sign-in-setting";
import { nonceHeader } from "~/lib/wire/nonce-header";

export default createServerEntry({
  fetch: (request, options) => {
    setClientAddress(request);
    return logged(request, () => answer(request, options));
  },
});

if (!import.meta.env.DEV) {
  consoleIntoLog();
  finishNodeAnswers();
  if (import.meta.env.TRACER_BUILD === "node") {
    endSlowRequests();
    if (!Resource.Site.clientAddressHeader) restRefused();
    stopOnSigterm();
  }
}
// The connection has the context of the request that opened it, and that request has nothing to do with the loss.
onLostConnection(() => requestContext.exit(() => logProblem("database", "an idle connection was lost")));

/** The paths of the server functions. None takes input. */
const serverFunctions = new Set([getSession.url, getSignInSetting.url]);

const serverFault = "Something went wrong on our side. Try again in a moment.";

/** The options with which the framework is called. */
type FrameworkOptions = Parameters<typeof handler.fetch>[1];

async function answer(request: Request, options: FrameworkOptions): Promise<Response> {
  if (new URL(request.url).pathname === securityTxtPath) return answerSecurityTxt();
  const refused = refuseEarly(request, serverFunctions);
  if (refused) return finishApiAnswer(refused, []);
  const cookies = request.headers.get("cookie");
  if (cookies !== null) keepReadable(request, cookies);
  return (await answerApi(request)) ?? answerPage(request, options);
}

/** Finders of a vulnerability read where to report the vulnerability. Any cache may keep the file for a day. */
function answerSecurityTxt(): Response {
  const headers = { "content-type": "text/plain; charset=utf-8", "cache-control": "public, max-age=86400" };
  return finishApiAnswer(new Response(securityTxt(new URL(Resource.Site.url).origin), { headers }), []);
}

function keepReadable(request: Request, cookies: string): void {
  const readable = readableCookies(cookies);
  if (readable !== cookies) request.headers.set("cookie", readable);
}

async function answerPage(request: Request, options: FrameworkOptions): Promise<Response> {
  const nonce = crypto.randomUUID();
  request.headers.set(nonceHeader, nonce);
  const answer = redirectHome(request) ?? (await answerRequest(request, options));
  return finishAnswer(request, answer, nonce);
}

/** Redirects a page that was asked for under another name of this machine to the site's own address. */
function redirectHome(request: Request): Response | undefined {
  const location = ownAddress(request, Resource.Site.url);
  return location === undefined ? undefined : new Response(null, { status: 307, headers: { location } });
}

/** Answers a request for an API route. Undefined when the framework has to answer. */
async function answerApi(request: Request): Promise<Response | undefined> {
  const { pathname } = new URL(request.url);
  if (!pathname.startsWith("/api/")) return undefined;
  const handle = await apiHandler(request.method, pathname);
  if (!handle) return undefined;
  try {
    const answer = await admit(request, async (read) => {
      const served = await handle({ request: read });
      if (read !== request) keepCookies(request, cookiesFor(read));
      return served;
    });
    return finishApiAnswer(answer, cookiesFor(request));
  } catch (error) {
    logFailure("api", error);
    return finishApiAnswer(refusal(500, serverFault), []);
  }
}

async function answerRequest(request: Request, options: FrameworkOptions): Promise<Response> {
  try {
    return await admit(request, async (read) => handler.fetch(withQuietAbort(read), options));
  } catch (error) {
    logFailure("page", error);
    return refusal(500, serverFault);
  }
}

/** Sets the header with the client's address. What the client has written there is never read. */
function setClientAddress(request: Request): void {
  const address = clientAddress(request, Resource.Site.clientAddressHeader);
  if (address === undefined) request.headers.delete(addressHeader);
  else request.headers.set(addressHeader, address);
}
