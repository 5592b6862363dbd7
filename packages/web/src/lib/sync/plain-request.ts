import { silenceSeconds } from "~/lib/wire/line";

/** How many requests all tabs together may have open. HTTP/1.1 allows six connections, and writes need one. */
const slots = { load: 4, poll: 3 };

type Kind = keyof typeof slots;

/**
 * Sends a request that does not go over the line, as `fetch` does, but only a few at once in all tabs of a browser.
 * Ends the request when no data arrives for {@link silenceSeconds}. Reads the whole body before the promise resolves.
 *
 * @param kind `load` when the server answers at once, `poll` when the server holds the request
 */
export async function plainRequest(
  kind: Kind,
  input: RequestInfo | URL,
  init: RequestInit,
): Promise<Response> {
  return await inSlot(kind, () => whole(input, init), init.signal ?? undefined);
}

async function whole(input: RequestInfo | URL, init: RequestInit): Promise<Response> {
  const silent = new AbortController();
  const giveUp = () => silent.abort(new DOMException("The server has gone silent.", "TimeoutError"));
  let timer = setTimeout(giveUp, silenceSeconds * 1000);
  const heard = () => {
    clearTimeout(timer);
    timer = setTimeout(giveUp, silenceSeconds * 1000);
  };
  try {
    const signal = init.signal ? AbortSignal.any([init.signal, silent.signal]) : silent.signal;
    const response = await fetch(input, { ...init, signal });
    // Chromium reports a request as cancelled when only a reader takes the body. So the reader takes a copy.
    const copy = response.clone();
    const [body] = await Promise.all([response.blob(), eachPart(copy, heard)]);
    const isEmpty = [204, 304].includes(response.status);
    return new Response(isEmpty ? null : body, { status: response.status, headers: response.headers });
  } finally {
    clearTimeout(timer);
  }
}

/** Calls back for each part of the body that arrives, and resolves at the end of the body. */
async function eachPart({ body }: Response, arrived: () => void): Promise<void> {
  const reader = body?.getReader();
  for (let next = await reader?.read(); next && !next.done; next = await reader?.read()) arrived();
}

/** Does some work as soon as one of the slots of the browser is free. */
async function inSlot<T>(kind: Kind, work: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (typeof window === "undefined" || !("locks" in navigator)) return await work();
  const first = Math.floor(Math.random() * slots[kind]);
  for (let i = 0; i < slots[kind]; i++) {
    const name = slotName(kind, (first + i) % slots[kind]);
    const done = await navigator.locks.request(name, { ifAvailable: true }, async (lock) =>
      lock ? { value: await work() } : undefined,
    );
    if (done) return done.value;
  }
  return await navigator.locks.request(slotName(kind, first), { signal }, work);
}

function slotName(kind: Kind, slot: number): string {
  return `tracer-${kind}:${slot}`;
}
