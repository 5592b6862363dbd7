import { keepAlive } from "~/lib/server/http/keep-alive";
import { endWhenStopping } from "~/lib/server/http/stopping";
import { type Ask, follow } from "~/lib/server/line/follow";
import { type Answer, type Frame, heartbeatSeconds } from "~/lib/wire/line";
import { momentsHeader } from "~/lib/wire/moments";

interface LineOptions {
  polls: string[];
  ask: Ask;
  /** Watches the session, and calls back when the session has ended. Gives a function that stops watching. */
  watch: (ended: () => void) => () => void;
  /** How long the line stays open, in seconds. */
  seconds: number;
  /** The browser's request. The request aborts when the browser has gone. */
  request: Request;
  /** Aborts when a newer line of the same browser takes the place of this line. */
  replaced: AbortSignal;
  /** Called once, when the line ends. */
  onEnd: () => void;
}

/** The answer to every poll of a line after the session has ended. */
const ended = {
  status: 401,
  headers: { "content-type": "application/json" },
  body: '{"message":"Your session has ended."}',
};

/**
 * Makes the body of a line: a sign of life at once and then regularly, and a frame for each answer. The body ends after
 * the given time, when the session ends, when the process stops, when the browser goes or opens a newer line, and when no shape is left to
 * follow.
 */
export function lineStream({
  polls,
  ask,
  watch,
  seconds,
  request,
  replaced,
  onEnd,
}: LineOptions): ReadableStream<Uint8Array> {
  const over = new AbortController();
  // The timers below reference the controller until the line ends.
  keepAlive(request, over);
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>({
    start(controller) {
      const send = (frame: Frame) => {
        if (!over.signal.aborted) controller.enqueue(encoder.encode(`${JSON.stringify(frame)}\n`));
      };
      const end = () => over.abort();
      const endWithSession = () => {
        for (const poll of polls.keys()) send({ poll, ...ended });
        end();
      };
      const timers = [
        setInterval(() => send({ alive: true }), heartbeatSeconds * 1000),
        setTimeout(end, seconds * 1000),
      ];
      const unwatch = watch(endWithSession);
      const unstop = endWhenStopping(end);
      over.signal.addEventListener("abort", () => {
        unwatch();
        unstop();
        for (const timer of timers) clearTimeout(timer);
        onEnd();
        // After the browser has gone, the stream can no longer be closed.
        if (!request.signal.aborted) close(controller);
      });
      if (request.signal.aborted) end();
      request.signal.addEventListener("abort", end, { once: true });
      const giveWay = () => {
        send({ replaced: true });
        end();
      };
      replaced.addEventListener("abort", giveWay, { once: true });

      send({ alive: true });
      const following = polls.map((first, poll) =>
        follow(first, ask, (answer) => send({ poll, ...trimmed(answer) }), over.signal).catch(() => {
          // The browser then asks for this shape again.
          send({ poll, status: 503, headers: {}, body: '{"message":"The answer broke off."}' });
        }),
      );
      void Promise.all(following).then(end);
    },
    cancel: () => over.abort(),
  });
}

/** The headers that an answer keeps beside those of Electric's protocol. */
const others = new Set(["content-type", "retry-after", momentsHeader]);

/** Leaves out the headers that have no meaning on a line. */
function trimmed({ status, headers, body }: Answer): Answer {
  const kept = Object.entries(headers).filter(([name]) => name.startsWith("electric-") || others.has(name));
  return { status, headers: Object.fromEntries(kept), body };
}

function close(controller: ReadableStreamDefaultController): void {
  try {
    controller.close();
  } catch {
    // The reader has cancelled the stream, so the stream is closed already.
  }
}
