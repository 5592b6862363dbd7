import { expect } from "vitest";
import type { Bench, Procedure } from "./bench";

/** Calls a procedure as the browser's client does. */
export async function call(
  { app }: Pick<Bench, "app">,
  { path, handle }: Procedure,
  input: object,
  headers: Record<string, string>,
): Promise<{ status: number; txid: number; message: string | undefined }> {
  const body = JSON.stringify(input, (_, value) => (typeof value === "bigint" ? String(value) : value));
  const request = new Request(`${app.origin}/api/trpc/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body,
  });
  const answer = await handle({ request });
  expectUncacheable(answer, `${path}: when it answers ${answer.status}`);
  const { result, error } = await answer.json();
  return { status: answer.status, txid: result?.data?.txid, message: error?.message };
}

/** Expects that no cache may store the answer, not even the browser's own. */
export function expectUncacheable(answer: Response, when: string): void {
  expect(answer.headers.get("cache-control"), when).toBe("private, no-store");
  for (const name of ["surrogate-control", "cdn-cache-control", "expires", "age"]) {
    expect(answer.headers.get(name), `${when}: ${name}`).toBeNull();
  }
}
