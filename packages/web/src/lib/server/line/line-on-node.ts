import type { IncomingMessage, ServerResponse } from "node:http";
import type { PipedBody } from "~/lib/server/http/piped-answer";
import type { Line, LineEnd } from "~/lib/server/line/line";

/** Makes the answer of a line that writes to Node's own response, to a request that has been read. */
export function lineOnNode(line: Line): PipedBody {
  return {
    pipe: (response) => openOn(response, line),
    destroy: () => line.end(),
  };
}

function openOn(response: ServerResponse, line: Line): void {
  forget(response.req);
  response.once("close", () => line.end());
  // Sent alone, the head becomes one flat string. Together with the first piece of the body, the head stays in forty pieces.
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
    // Signs of life go on while the browser is behind.
    if (this.#response.listenerCount("drain") === 0) this.#response.once("drain", () => this.#line.goOn());
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
