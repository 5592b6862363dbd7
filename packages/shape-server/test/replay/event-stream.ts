import type { Answer, Json, JsonObject } from "./scenario.ts";

/** A stream of server-sent events that is being read. */
export interface EventStream {
  /** The next `count` events, or what has come of them after `within` ms. */
  read(count: number, within: number): Promise<Answer>;
  close(): void;
}

/** Starts to read what `send` answers with. */
export function openStream(send: (signal: AbortSignal) => Promise<Response>): EventStream {
  const stop = new AbortController();
  const events: JsonObject[] = [];
  const head: { status: number | string; headers: Answer["headers"] } = { status: "no answer", headers: {} };
  let whole: { body: Json } | null = null;
  let ended = false;
  let wake = () => {};

  async function follow(): Promise<void> {
    const response = await send(stop.signal);
    head.status = response.status;
    head.headers = Object.fromEntries(response.headers);
    if (!response.headers.get("content-type")?.startsWith("text/event-stream")) {
      whole = { body: JSON.parse((await response.text()) || "null") };
      return;
    }
    const decoder = new TextDecoder();
    let rest = "";
    for await (const part of response.body ?? []) {
      rest += decoder.decode(part, { stream: true });
      const blocks = rest.split("\n\n");
      rest = blocks.pop() ?? "";
      events.push(...blocks.map(parseEvent));
      wake();
    }
  }
  follow()
    .catch((error: unknown) => {
      if (!stop.signal.aborted) head.status = `failed: ${error}`;
    })
    .finally(() => {
      ended = true;
      wake();
    });

  return {
    close: () => stop.abort(),
    async read(count, within) {
      const deadline = AbortSignal.timeout(within);
      deadline.addEventListener("abort", () => wake());
      while (events.length < count && !ended && !deadline.aborted) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      if (whole) return { ...head, ...whole };
      const taken = events.splice(0, count);
      return { ...head, body: taken, ...(ended && taken.length < count ? { ended: true } : {}) };
    },
  };
}

function parseEvent(block: string): JsonObject {
  const event: JsonObject = {};
  for (const line of block.split("\n")) {
    const [field = "", ...rest] = line.split(":");
    const value = rest.join(":").replace(/^ /, "");
    if (field === "") event.comment = value;
    else event[field] = field === "data" ? JSON.parse(value) : value;
  }
  return event;
}
