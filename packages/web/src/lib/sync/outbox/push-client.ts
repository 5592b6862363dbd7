import type { Refusal } from "@tracer/core/sync/client-transaction.sql";
import * as z from "zod/mini";
import { retryAfterOf } from "~/lib/sync/backoff";
import type { PushAnswer, PushedTransaction } from "~/lib/wire/push";
import { userHeader } from "~/lib/wire/user-header";

/** How long a push may take before it counts as lost, in milliseconds. */
const pushTimeout = 15_000;

/** What came of a request: the server's answer, or why there is none. */
export type PushResult =
  | { kind: "answered"; answer: PushAnswer }
  /** The server took none of the transactions, and will not take them in this form. */
  | { kind: "refused"; refusal: Refusal }
  | { kind: "signed-out" }
  /** Nothing is known. `retryAfter` is the wait that the server asked for, in milliseconds. */
  | { kind: "unknown"; retryAfter: number };

/** Sends client transactions to the server, all in one request. */
export type Push = (transactions: readonly PushedTransaction[], signal: AbortSignal) => Promise<PushResult>;

/** The push of one user's page. It never rejects. */
export function pushClient(userId: string): Push {
  const url = `${globalThis.location?.origin ?? "http://server.invalid"}/api/trpc/push`;
  const headers = { "content-type": "application/json", [userHeader]: userId };
  return async (transactions, signal) => {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(pushTimeout)]);
    const body = JSON.stringify({ transactions: transactions.map(sentPart) });
    try {
      const response = await fetch(url, { method: "POST", headers, body, signal: limit });
      return resultOf(response, await response.json().catch(() => undefined));
    } catch {
      return { kind: "unknown", retryAfter: 0 };
    }
  };
}

/** The parts of an edit that travel. */
function sentPart({ id, after = [], operations }: PushedTransaction): PushedTransaction {
  return after.length > 0 ? { id, after, operations } : { id, operations };
}

const refusal = z.object({
  code: z.string(),
  message: z.string(),
  fields: z.optional(z.record(z.string(), z.string())),
});
const outcome = z.union([
  z.object({ id: z.string(), txid: z.number() }),
  z.object({ id: z.string(), refusal }),
]);
const answered = z.object({ result: z.object({ data: z.object({ outcomes: z.array(outcome) }) }) });
const refused = z.object({ error: z.object({ message: z.string(), data: z.object({ code: z.string() }) }) });

function resultOf({ ok, status, headers }: Response, body: unknown): PushResult {
  const answer = answered.safeParse(body);
  if (ok && answer.success) return { kind: "answered", answer: answer.data.result.data };
  if (status === 401) return { kind: "signed-out" };
  // It may come from a gateway, which knows neither tRPC's form nor the app's words.
  if (status === 413) return { kind: "refused", refusal: tooLong };
  // Only the app's own refusals have a code. What a gateway answers says nothing of the transactions.
  const known = refused.safeParse(body);
  if (known.success && status >= 400 && status < 500 && status !== 408 && status !== 429) {
    const { message, data } = known.data.error;
    return { kind: "refused", refusal: { code: data.code, message } };
  }
  return { kind: "unknown", retryAfter: retryAfterOf(headers) };
}

/** What is told of an edit that no request can carry. */
export const tooLong: Refusal = {
  code: "PAYLOAD_TOO_LARGE",
  message: "This change is too big to send: at most 1 MB. Shorten it, or split it.",
};
