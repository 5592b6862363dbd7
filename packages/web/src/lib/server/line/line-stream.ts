import { lineCheckSeconds } from "~/lib/server/limits";
import { type Ask, follow } from "~/lib/server/line/follow";
import { type Frame, heartbeatSeconds } from "~/lib/wire/line";

interface LineOptions {
  polls: string[];
  ask: Ask;
  /** Asks whether the session still stands. An error says that nobody knows at the moment. */
  stands: () => Promise<boolean>;
  /** How long the line is held, in seconds. */
  seconds: number;
  /** The browser has gone. */
  gone: AbortSignal;
  /** Is called once, when the line is over. */
  onEnd: () => void;
}

/** What every poll of a line is answered when the session has ended meanwhile. */
const ended = {
  status: 401,
  headers: { "content-type": "application/json" },
  body: '{"message":"Your session has ended."}',
};

/**
 * The body of a line: a sign of life at once and then regularly, and a frame for each answer. Ends after its time, with
 * the session, when the browser goes, and when no shape is left to follow.
 */
export function lineStream({
  polls,
  ask,
  stands,
  seconds,
  gone,
  onEnd,
}: LineOptions): ReadableStream<Uint8Array> {
  const over = new AbortController();
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>({
    start(controller) {
      const send = (frame: Frame) => {
        if (!over.signal.aborted) controller.enqueue(encoder.encode(`${JSON.stringify(frame)}\n`));
      };
      const end = () => over.abort();
      const endWithSession = async () => {
        if (await stands().catch(() => true)) return;
        for (const poll of polls.keys()) send({ poll, ...ended });
        end();
      };
      const timers = [
        setInterval(() => send({ alive: true }), heartbeatSeconds * 1000),
        setInterval(endWithSession, lineCheckSeconds * 1000),
        setTimeout(end, seconds * 1000),
      ];
      over.signal.addEventListener("abort", () => {
        for (const timer of timers) clearTimeout(timer);
        onEnd();
        // A stream that the browser has left cannot be closed any more.
        if (!gone.aborted) close(controller);
      });
      if (gone.aborted) end();
      gone.addEventListener("abort", end, { once: true });

      send({ alive: true });
      const following = polls.map((first, poll) =>
        follow(first, ask, (answer) => send({ poll, ...answer }), over.signal).catch(() => {
          // The browser asks for this shape anew, by itself.
          send({ poll, status: 503, headers: {}, body: '{"message":"The answer broke off."}' });
        }),
      );
      void Promise.all(following).then(end);
    },
    cancel: () => over.abort(),
  });
}

function close(controller: ReadableStreamDefaultController): void {
  try {
    controller.close();
  } catch {
    // Cancelled by the reader: closed already.
  }
}
