import { randomUUID } from "node:crypto";
import { TRPCError } from "@trpc/server";
import { getHTTPStatusCodeFromError } from "@trpc/server/http";
import { expect } from "vitest";
import type { PushAnswer } from "~/lib/wire/push";
import type { Bench, Procedure } from "./bench";

/** What a call came to: a txid, or why it was refused. */
interface Called {
  status: number;
  txid: number | undefined;
  message: string | undefined;
}

/** Calls a procedure on its own route. */
export async function call(
  bench: Pick<Bench, "app">,
  procedure: Procedure,
  input: object,
  headers: Record<string, string>,
): Promise<Called> {
  const { status, data, message } = await post<{ txid: number }>(bench, procedure, input, headers);
  return { status, txid: data?.txid, message };
}

/** Calls a procedure as the browser's collections do: within a client transaction, of which it is the only operation. */
export async function callPushed(
  bench: Pick<Bench, "app">,
  { path, handle }: Procedure,
  input: object,
  headers: Record<string, string>,
): Promise<Called> {
  const transaction = { id: randomUUID(), operations: [{ path, input }] };
  const sent = { transactions: [transaction] };
  const { status, data, message } = await post<PushAnswer>(bench, { path: "push", handle }, sent, headers);
  if (!data) return { status, txid: undefined, message };
  const [outcome] = data.outcomes;
  if (!outcome) throw new Error(`${path}: a push was answered without an outcome.`);
  if ("txid" in outcome) return { status, txid: outcome.txid, message };
  const code = outcome.refusal.code as TRPCError["code"];
  const refused = getHTTPStatusCodeFromError(new TRPCError({ code }));
  return { status: refused, txid: undefined, message: outcome.refusal.message };
}

async function post<Data>(
  { app }: Pick<Bench, "app">,
  { path, handle }: Pick<Procedure, "path" | "handle">,
  input: object,
  headers: Record<string, string>,
): Promise<{ status: number; data: Data | undefined; message: string | undefined }> {
  const body = JSON.stringify(input, (_, value) => (typeof value === "bigint" ? String(value) : value));
  const request = new Request(`${app.origin}/api/trpc/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body,
  });
  const answer = await handle({ request });
  expectUncacheable(answer, `${path}: when it answers ${answer.status}`);
  const { result, error } = await answer.json();
  return { status: answer.status, data: result?.data, message: error?.message };
}

/** Expects that no cache may store the answer, not even the browser's own. */
export function expectUncacheable(answer: Response, when: string): void {
  expect(answer.headers.get("cache-control"), when).toBe("private, no-store");
  for (const name of ["surrogate-control", "cdn-cache-control", "expires", "age"]) {
    expect(answer.headers.get(name), `${when}: ${name}`).toBeNull();
  }
}
