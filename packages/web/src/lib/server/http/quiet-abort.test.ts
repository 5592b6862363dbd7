import { expect, test } from "vitest";
import { collectGarbage } from "../../../../test/collect-garbage";
import { withQuietAbort } from "./quiet-abort";
import { bufferBody } from "./request-body";

/** Copies a request as the server's entry does. Holds only the copy. */
async function copied(signal: AbortSignal): Promise<Request> {
  const body = '{"polls":[]}';
  const read = await bufferBody(new Request("http://app.test/api/line", { method: "POST", body, signal }));
  if (read instanceof Response) throw new Error("The body was refused.");
  return withQuietAbort(read);
}

test("the last copy of a request hears that the client has gone, though nobody holds the others", async () => {
  const client = new AbortController();
  const copy = await copied(client.signal);
  await collectGarbage();
  client.abort();
  expect(copy.signal.aborted).toBe(true);
  // The framework does not log an HTTP error as a failure of the app.
  expect(copy.signal.reason).toMatchObject({ status: 499 });
  expect([copy.method, await copy.text()]).toEqual(["POST", '{"polls":[]}']);
});

test("a copy of a request whose client has gone is aborted from the first", async () => {
  expect((await copied(AbortSignal.abort())).signal.aborted).toBe(true);
});
