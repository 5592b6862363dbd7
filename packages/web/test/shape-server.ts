import { inject } from "vitest";

/**
 * Starts a shape server for a database. The test run offers shape servers over HTTP, because the app's packages must
 * not import the shape server.
 */
export async function startShapeServer(databaseUrl: string) {
  const ask = async (method: string) => {
    const answer = await fetch(inject("shapeServersUrl"), { method, body: databaseUrl });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`The shape server did not start or end: ${text}`);
    return text;
  };
  return { url: await ask("POST"), [Symbol.asyncDispose]: async () => void (await ask("DELETE")) };
}
