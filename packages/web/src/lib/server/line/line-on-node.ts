import type { IncomingMessage, ServerResponse } from "node:http";
import type { Line, LineEnd } from "~/lib/server/line/line";

/** Opens a line whose answer is Node's own response, to a request that has been read. */
export function openOnNode(line: Line, response: ServerResponse): void {
  forget(response.req);
  response.once("close", () => line.end());
  // Sent alone, the head becomes one flat string. Before the first piece of the body, the head stays in forty pieces.
  response.flushHeaders();
  line.open(new NodeEnd(line, response));
  if (response.destroyed) line.end();
}

class NodeEnd implements LineEnd {
  readonly #line: Line;
  readonly #response: ServerResponse;

  constructor(line: Line, response: ServerResponse) {
    this.#line = line;
    this.#response = response;
  }

  write(text: string): boolean {
    if (this.#response.destroyed || this.#response.write(text)) return true;
    this.#response.once("drain", () => this.#line.goOn());
    return false;
  }

  close(): void {
    if (!this.#response.destroyed) this.#response.end();
  }
}

/** Forgets what nobody needs of a request as long as the line is open: the headers, and the stream that read the body. */
function forget(request: IncomingMessage): void {
  request.headers = {};
  request.rawHeaders = [];
  request.removeAllListeners();
}
