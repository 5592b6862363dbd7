import type { App } from "@tracer/local/app";
import { startGate } from "./gate.ts";
import { signUpAt } from "./person.ts";
import { startSecondWeb } from "./second-web.ts";

/**
 * Opens a poll on a second web server, waits until Electric holds the poll, and aborts the poll as a closed tab does: a
 * poll that is a request of its own, and one that the line carries.
 *
 * @returns how long Electric's request outlived the slower poll, in milliseconds
 */
export async function abandonHeldPoll(app: App, mode: "dev" | "built"): Promise<number> {
  const gate = await startGate(app.stack.electricUrl);
  try {
    await using web = await startSecondWeb(app, { mode, links: { SyncEngine: { url: gate.url } } });
    const { id, headers } = await signUpAt(web);
    gate.hold = "silent";
    const abandon = async (path: string, init: RequestInit) => {
      const held = gate.held();
      const browser = new AbortController();
      const request = fetch(web.url + path, { ...init, signal: browser.signal });
      const ended = (await held)();
      const left = performance.now();
      browser.abort();
      await request.catch(() => {});
      await ended;
      return performance.now() - left;
    };
    return Math.max(
      await abandon("/api/users?offset=-1", { headers }),
      await abandon("/api/line", lineOf(id, headers)),
    );
  } finally {
    gate.close();
  }
}

/** The request of a browser whose line carries one poll. */
export function lineOf(userId: string, headers: Record<string, string>) {
  return {
    method: "POST",
    headers: { ...headers, "content-type": "application/json", "x-tracer-user": userId },
    body: JSON.stringify({ polls: ["/api/users?offset=0_0&handle=1&live=true"] }),
  };
}
