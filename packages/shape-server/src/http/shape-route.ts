import type { IncomingMessage, ServerResponse } from "node:http";
import type { Definition } from "../definition/definition.ts";
import type { Engine } from "../engine.ts";
import { codeOf } from "../errors/error-code.ts";
import type { Shape } from "../shapes/shape.ts";
import { readBody, separateSubset } from "./body.ts";
import { privateCaching } from "./caching.ts";
import { serveDeletion } from "./deletion.ts";
import type { RawParameters } from "./fields.ts";
import { corsHeaders, shapeMethods } from "./headers.ts";
import { type Held, holdLongPoll } from "./live.ts";
import { sendMustRefetch } from "./must-refetch.ts";
import type { HttpOptions } from "./options.ts";
import { readParameters } from "./parameters.ts";
import { parseQuery, type Query, QueryError } from "./query.ts";
import { refuse, send } from "./respond.ts";
import { carriesSecret } from "./secret.ts";
import { serveLog } from "./serve-log.ts";
import { streamEvents } from "./sse.ts";
import { serveSubset } from "./subset.ts";

/** How long a request waits for the database before it is refused. */
const readyMs = 5_000;

/** The route `/v1/shape`. */
export class ShapeRoute {
  readonly #options: HttpOptions;
  readonly #held: Held;

  /** @param held where live requests are noted while they wait. */
  constructor(options: HttpOptions, held: Held) {
    this.#options = options;
    this.#held = held;
  }

  /** @throws what `sendFailure` answers. */
  async serve(request: IncomingMessage, response: ServerResponse, search: string): Promise<void> {
    const { method } = request;
    if (method === "OPTIONS") return preflight(request, response);
    let query: Query;
    try {
      query = parseQuery(search);
    } catch (error) {
      if (!(error instanceof QueryError)) throw error;
      return refuse(response, 400);
    }
    if (!carriesSecret(query, this.#options.secret)) return refuseSecret(response);
    switch (method) {
      case "GET":
      case "HEAD":
        return this.#read(request, response, query, {});
      case "POST":
        return this.#read(request, response, query, await readBody(request));
      case "DELETE":
        if (this.#options.allowDelete) await untilReady(this.#options.engine);
        return serveDeletion(this.#options, request, response, query);
    }
  }

  async #read(
    request: IncomingMessage,
    response: ServerResponse,
    query: Query,
    body: RawParameters,
  ): Promise<void> {
    const { engine } = this.#options;
    await untilReady(engine);
    const { shape: raw, subset } = separateSubset(query, body);
    const parameters = readParameters(raw, subset);
    const definition = await engine.resolver.resolve(parameters.shape, parameters.handle);
    if (subset) return serveSubset({ engine, request, response, parameters, definition });
    const shape = shapeFor(engine, definition, parameters.handle);
    if (parameters.handle !== undefined && parameters.handle !== shape.handle) {
      return sendMustRefetch(request, response, shape.handle);
    }
    shape.lastUsed = Date.now();
    const cursor = typeof query.cursor === "string" ? query.cursor : undefined;
    const log = { options: this.#options, request, response, shape, parameters, cursor };
    try {
      if (parameters.sse) await shape.pages.wait(0);
      await serveLog(log, parameters.sse ? streamEvents(this.#held) : holdLongPoll(this.#held));
    } catch (error) {
      // The shape may end, and its files may go, while they are being read.
      if (!shape.isRetired || response.headersSent || codeOf(error) !== "ENOENT") throw error;
      sendMustRefetch(request, response, undefined);
    }
  }
}

function preflight(request: IncomingMessage, response: ServerResponse): void {
  const wanted = request.headers["access-control-request-headers"];
  const headers = {
    ...corsHeaders(request, shapeMethods),
    "access-control-max-age": "86400",
    // Electric lets scripts send only this header.
    ...(wanted?.toLowerCase() === "if-none-match" ? { "access-control-allow-headers": wanted } : {}),
  };
  response.writeHead(204, headers);
  response.end();
}

function refuseSecret(response: ServerResponse): void {
  const headers = { vary: "accept-encoding", "cache-control": privateCaching };
  send(response, 401, headers, JSON.stringify({ message: "Unauthorized - Invalid API secret" }));
}

/** The shape that the client follows, when it is the shape that the client asks for; otherwise the one to follow. */
function shapeFor(engine: Engine, definition: Definition, handle: string | undefined): Shape {
  const followed = handle === undefined ? undefined : engine.registry.byHandle(handle);
  if (followed?.definition.looseKey === definition.looseKey) return followed;
  return engine.registry.getOrCreate(definition);
}

/** @throws NotReadyError */
async function untilReady(engine: Engine): Promise<void> {
  if (engine.health === "active") return;
  await engine.supervisor.untilActive(readyMs);
}
