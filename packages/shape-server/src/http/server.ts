import { timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Logger } from "pino";
import type { Definition } from "../definition/definition.ts";
import type { Engine } from "../engine.ts";
import { OutdatedError } from "../errors/outdated-error.ts";
import { RequestError } from "../errors/request-error.ts";
import { codeOf } from "../replication/errors.ts";
import type { Shape } from "../shapes/shape.ts";
import { AbandonedError } from "../snapshot/snapshot-pages.ts";
import { BodyError, readBody, separateSubset } from "./body.ts";
import { serveDeletion } from "./deletion.ts";
import { sendFailure } from "./failure.ts";
import { serveHealth } from "./health.ts";
import { type Held, holdLongPoll } from "./live.ts";
import { sendMustRefetch, serveLog } from "./log-request.ts";
import { type RawParameters, readParameters } from "./parameters.ts";
import { parseQuery, type Query, QueryError } from "./query.ts";
import {
  corsHeaders,
  type Headers,
  OTHER_METHODS,
  PRIVATE,
  SHAPE_METHODS,
  send,
  sendError,
} from "./respond.ts";
import { streamEvents } from "./sse.ts";
import { serveSubset } from "./subset.ts";
import { MOST_HEADER_BYTES, originForm, segments, tooLong } from "./target.ts";

export type HttpOptions = {
  engine: Engine;
  secret: string | null;
  longPollMs: number;
  allowDelete: boolean;
  log: Logger;
};

/** Electric closes a connection after so many requests. */
const REQUESTS_PER_CONNECTION = 50;
/** How long a request waits for the database before it is refused. */
const READY_MS = 5_000;

/** The HTTP side of the server. */
export class HttpServer {
  readonly #options: HttpOptions;
  readonly #server: Server;
  readonly #held: Held = new Set();
  #closing = false;

  constructor(options: HttpOptions) {
    this.#options = options;
    const limits = { keepAliveTimeout: 60_000, maxHeaderSize: MOST_HEADER_BYTES };
    this.#server = createServer(limits, (request, response) => {
      this.#handle(request, response).catch((error: unknown) => this.#fail(request, response, error));
    });
    this.#server.maxRequestsPerSocket = REQUESTS_PER_CONNECTION;
    // a long poll or a stream may take its time
    this.#server.requestTimeout = 0;
    this.#server.on("clientError", (error, socket) => {
      const status = codeOf(error) === "HPE_HEADER_OVERFLOW" ? "414 URI Too Long" : "400 Bad Request";
      if (socket.writable) socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
    });
  }

  /** Listens; the port is chosen by the system when it is 0. */
  async listen(port: number, host: string | undefined): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(port, host, () => {
        this.#server.off("error", reject);
        resolve();
      });
    });
    const address = this.#server.address();
    return typeof address === "object" && address !== null ? address.port : port;
  }

  /** Answers those who wait, and ends when every request has its answer. */
  async close(): Promise<void> {
    this.#closing = true;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const waiting of [...this.#held]) waiting.release();
    this.#server.closeIdleConnections();
    const grace = setTimeout(() => this.#server.closeAllConnections(), 2_000);
    await closed;
    clearTimeout(grace);
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (this.#closing) response.setHeader("connection", "close");
    const refusal = tooLong(request);
    if (refusal !== null) return refuse(response, refusal);
    const [target = "", search = ""] = split(originForm(request.url ?? "/"), "?");
    const path = segments(target);
    if (path === null) return refuse(response, 400);
    if (path === "v1/shape" && SHAPE_METHODS.split(", ").includes(request.method ?? "")) {
      return this.#shape(request, response, search);
    }
    const headers = {
      ...corsHeaders(request, OTHER_METHODS),
      vary: "accept-encoding",
      "cache-control": PRIVATE,
    };
    const reading = request.method === "GET" || request.method === "HEAD";
    if (reading && path === "") send(response, 200, headers, "");
    else if (reading && path === "v1/health") serveHealth(response, headers, this.#options.engine);
    else send(response, 404, headers, "Not found");
  }

  async #shape(request: IncomingMessage, response: ServerResponse, search: string): Promise<void> {
    const { method } = request;
    if (method === "OPTIONS") return preflight(request, response);
    let query: Query;
    try {
      query = parseQuery(search);
    } catch (error) {
      if (!(error instanceof QueryError)) throw error;
      return refuse(response, 400);
    }
    if (!this.#mayPass(query)) {
      const headers: Headers = { vary: "accept-encoding", "cache-control": PRIVATE };
      return send(response, 401, headers, JSON.stringify({ message: "Unauthorized - Invalid API secret" }));
    }
    switch (method) {
      case "GET":
      case "HEAD":
        return this.#serve(request, response, query, {});
      case "POST":
        return this.#serve(request, response, query, await readBody(request));
      case "DELETE":
        if (this.#options.allowDelete) await untilReady(this.#options.engine);
        return serveDeletion(this.#options, request, response, query);
    }
  }

  async #serve(
    request: IncomingMessage,
    response: ServerResponse,
    query: Query,
    body: RawParameters,
  ): Promise<void> {
    const { engine, longPollMs } = this.#options;
    await untilReady(engine);
    const { shape: raw, subset } = separateSubset(query, body);
    const parameters = readParameters(raw, subset);
    const definition = await engine.resolver.resolve(parameters.shape, parameters.handle ?? undefined);
    if (subset) return serveSubset({ engine, request, response, parameters, definition });
    const shape = shapeFor(engine, definition, parameters.handle);
    if (parameters.handle !== null && parameters.handle !== shape.handle) {
      return sendMustRefetch(request, response, shape.handle);
    }
    shape.lastUsed = Date.now();
    const cursor = typeof query.cursor === "string" ? query.cursor : undefined;
    const log = { engine, request, response, shape, parameters, cursor, longPollMs };
    const hold = parameters.sse ? streamEvents(this.#held) : holdLongPoll(this.#held);
    try {
      if (parameters.sse) await shape.pages.wait(0);
      await serveLog(log, hold);
    } catch (error) {
      // its files are gone while they were being read
      if (!shape.isRetired || response.headersSent || codeOf(error) !== "ENOENT") throw error;
      sendMustRefetch(request, response, null);
    }
  }

  #mayPass(query: Query): boolean {
    const { secret } = this.#options;
    if (secret === null) return true;
    const given = query.secret ?? query.api_secret;
    if (typeof given !== "string") return false;
    const [a, b] = [Buffer.from(given), Buffer.from(secret)];
    return a.length === b.length && timingSafeEqual(a, b);
  }

  #fail(request: IncomingMessage, response: ServerResponse, error: unknown): void {
    if (response.destroyed) return;
    if (response.headersSent) {
      // half an answer must not look like a whole one
      this.#options.log.error({ err: error }, "an answer broke off");
      response.destroy();
    } else if (error instanceof RequestError) {
      sendError(request, response, 400, { message: "Invalid request", errors: error.errors });
    } else if (error instanceof BodyError) {
      sendError(request, response, error.status, error.answer, { "cache-control": PRIVATE });
    } else if (error instanceof AbandonedError || error instanceof OutdatedError) {
      sendMustRefetch(request, response, null);
    } else {
      sendFailure(request, response, error, this.#options.log);
    }
  }
}

function preflight(request: IncomingMessage, response: ServerResponse): void {
  const wanted = request.headers["access-control-request-headers"];
  const headers = {
    ...corsHeaders(request, SHAPE_METHODS),
    "access-control-max-age": "86400",
    // the only one that Electric lets through
    ...(wanted?.toLowerCase() === "if-none-match" ? { "access-control-allow-headers": wanted } : {}),
  };
  response.writeHead(204, headers);
  response.end();
}

/** What cannot be read is refused before anybody has looked what it asks for: no body, no headers. */
function refuse(response: ServerResponse, status: number): void {
  send(response, status, { connection: "close" }, "");
}

/** The shape that a client follows, if it exists and is what the client asks for; else the one it should follow. */
function shapeFor(engine: Engine, definition: Definition, handle: string | null): Shape {
  const followed = handle === null ? undefined : engine.registry.byHandle(handle);
  if (followed?.definition.looseKey === definition.looseKey) return followed;
  return engine.registry.getOrCreate(definition);
}

/** @throws NotReadyError */
async function untilReady(engine: Engine): Promise<void> {
  if (engine.health === "active") return;
  await engine.untilActive(READY_MS);
}

function split(text: string, delimiter: string): [string, string] {
  const at = text.indexOf(delimiter);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}
