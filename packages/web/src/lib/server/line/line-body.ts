import { keepAlive } from "~/lib/server/http/keep-alive";
import type { Line } from "~/lib/server/line/line";

/** How far a browser may be behind before its shapes wait, in bytes. Node's own answers have the same bound. */
const mostBehind = 65_536;

/**
 * Opens a line whose answer is a stream of the web platform.
 *
 * @param request the browser's request. The request aborts when the browser has gone
 */
export function lineBody(line: Line, request: Request): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  // An open line is in the list of open lines until the line ends.
  keepAlive(request, line);
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        line.open({
          write(text) {
            controller.enqueue(encoder.encode(text));
            return (controller.desiredSize ?? 0) > 0;
          },
          // After the browser has gone, the stream can no longer be closed.
          close: () => request.signal.aborted || close(controller),
        });
        const leave = () => line.end();
        if (request.signal.aborted) leave();
        else request.signal.addEventListener("abort", leave, { once: true });
      },
      pull: () => line.goOn(),
      cancel: () => line.end(),
    },
    new ByteLengthQueuingStrategy({ highWaterMark: mostBehind }),
  );
}

function close(controller: ReadableStreamDefaultController): void {
  try {
    controller.close();
  } catch {
    // The reader has cancelled the stream, so the stream is closed already.
  }
}
