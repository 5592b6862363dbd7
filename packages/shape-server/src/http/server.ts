import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { codeOf } from "../errors/error-code.ts";
import { privateCaching } from "./caching.ts";
import { sendFailure } from "./failure.ts";
import { corsHeaders, otherMethods, shapeMethods } from "./headers.ts";
import { serveHealth } from "./health.ts";
import type { Held } from "./live.ts";
import type { HttpOptions } from "./options.ts";
import { refuse, send } from "./respond.ts";
import { ShapeRoute } from "./shape-route.ts";
import { decodedPath, mostHeaderBytes, originForm, statusIfTooLong } from "./target.ts";

/** Electric closes a connection after this many requests. */
const requestsPerConnection = 50;
/** How long a server that ends waits for its answers to be read. */
const graceMs = 2_000;

/** The HTTP side of the server. */
export class HttpServer {
  readonly #options: HttpOptions;
  readonly #server: Server;
  readonly #held: Held = new Set();
  readonly #shapeRoute: ShapeRoute;
  #closing = false;

  constructor(options: HttpOptions) {
    this.#options = options;
    this.#shapeRoute = new ShapeRoute(options, this.#held);
    const limits = { keepAliveTimeout: 60_000, maxHeaderSize: mostHeaderBytes };
    this.#server = createServer(limits, (request, response) => {
      this.#handle(request, response).catch((error: unknown) => this.#fail(request, response, error));
    });
    this.#server.maxRequestsPerSocket = requestsPerConnection;
    // Long polls and streams may last longer than Node's limit.
    this.#server.requestTimeout = 0;
    this.#server.on("clientError", (error, socket) => {
      const status = codeOf(error) === "HPE_HEADER_OVERFLOW" ? "414 URI Too Long" : "400 Bad Request";
      if (socket.writable) socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
    });
  }

  /**
   * Starts to listen.
   *
   * @param port 0 for a free one.
   * @returns the port.
   */
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

  /** Answers the requests that wait, and ends when every request has its answer. */
  async close(): Promise<void> {
    this.#closing = true;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const waiting of [...this.#held]) waiting.release();
    this.#server.closeIdleConnections();
    const grace = setTimeout(() => this.#server.closeAllConnections(), graceMs);
    await closed;
    clearTimeout(grace);
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (this.#closing) response.setHeader("connection", "close");
    const tooLong = statusIfTooLong(request);
    if (tooLong !== undefined) return refuse(response, tooLong);
    const [target = "", search = ""] = splitOnce(originForm(request.url ?? "/"), "?");
    const path = decodedPath(target);
    if (path === undefined) return refuse(response, 400);
    if (path === "v1/shape" && shapeMethods.split(", ").includes(request.method ?? "")) {
      return this.#shapeRoute.serve(request, response, search);
    }
    const headers = {
      ...corsHeaders(request, otherMethods),
      vary: "accept-encoding",
      "cache-control": privateCaching,
    };
    const reading = request.method === "GET" || request.method === "HEAD";
    if (reading && path === "") send(response, 200, headers, "");
    else if (reading && path === "v1/health") serveHealth(response, headers, this.#options.engine);
    else send(response, 404, headers, "Not found");
  }

  #fail(request: IncomingMessage, response: ServerResponse, error: unknown): void {
    if (response.destroyed) return;
    if (response.headersSent) {
      // The client must see that the answer is not complete.
      this.#options.log.error({ err: error }, "an answer broke off");
      response.destroy();
    } else sendFailure(request, response, error, this.#options.log);
  }
}

function splitOnce(text: string, delimiter: string): [string, string] {
  const at = text.indexOf(delimiter);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}
