import { openApp, type Person } from "../app";
import { createExampleTables } from "./tables";

/**
 * Opens the app with the example tables, without a sync service.
 *
 * A test file calls this function once, before the file imports the modules of the app.
 */
export async function openExample() {
  const app = await openApp("http://127.0.0.1:1", createExampleTables);
  const { exampleTrpc } = await import("./server");

  /** Calls a procedure on its own route, as a person's browser does. */
  async function call(path: string, input: object, { headers }: Person) {
    const request = new Request(`${app.origin}/api/trpc/${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(input),
    });
    const answer = await exampleTrpc({ request });
    const { error, result } = await answer.json();
    return {
      status: answer.status,
      /** Why the call was refused. */
      message: error?.message,
      /** The names of the fields that came back. */
      answered: Object.keys(result?.data ?? {}),
    };
  }

  return {
    ...app,
    call,
    /** The status alone. */
    status: async (...asked: Parameters<typeof call>) => (await call(...asked)).status,
  };
}

export type Example = Awaited<ReturnType<typeof openExample>>;
