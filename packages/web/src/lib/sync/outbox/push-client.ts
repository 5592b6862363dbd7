import type { Refusal } from "@tracer/core/sync/client-transaction.sql";
import * as z from "zod/mini";
import { retryAfterOf } from "~/lib/sync/backoff";
import type { PushAnswer, PushedTransaction } from "~/lib/wire/push";
import { userHeader } from "~/lib/wire/user-header";

/** How long a push may take before it counts as lost, in milliseconds. */
const pushTimeout = 15_000;

/** The result of a request: the answer of the server, or the reason why there is none. */
export type PushResult =
  | { kind: "answered"; answer: PushAnswer }
  /** The server refused the request as a whole, and will refuse the same request again. */
  | { kind: "refused"; refusal: Refusal }
  | { kind: "signed-out" }
  /** The outcome is not known. `retryAfter` is the wait that the server asked for, in milliseconds. */
  | { kind: "unknown"; retryAfter: number };

/** Sends client transactions to the server in one request. */
export type Push = (transactions: readonly PushedTransaction[], signal: AbortSignal) => Promise<PushResult>;

/** Returns the push for the page of one user. The push never rejects. */
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

/** The parts of an edit that the server gets. */
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
  // A 413 may come from a gateway, without tRPC's form and a message of the app.
  if (status === 413) return { kind: "refused", refusal: tooLong };
  // Only a refusal by the app has a code. An error of a gateway is no verdict on the transactions.
  const known = refused.safeParse(body);
  if (known.success && status >= 400 && status < 500 && status !== 408 && status !== 429) {
    const { message, data } = known.data.error;
    return { kind: "refused", refusal: { code: data.code, message } };
  }
  return { kind: "unknown", retryAfter: retryAfterOf(headers) };
}

/** The refusal of an edit that is too big for a request. */
export const tooLong: Refusal = {
  code: "PAYLOAD_TOO_LARGE",
  message: "This change is too big to send: at most 1 MB. Shorten it, or split it.",
};
