import type { App } from "@tracer/local/app";
import { quietPort } from "@tracer/local/ports";
import { startWeb } from "@tracer/local/web";
import { startGate } from "./gate.ts";
import { signUpAt } from "./person.ts";

/**
 * Opens a poll on a second web server, waits until Electric holds the poll, and aborts the poll as a closed tab does.
 *
 * @returns how long Electric's request outlived the poll, in milliseconds
 */
export async function abandonHeldPoll(app: App, mode: "dev" | "built"): Promise<number> {
  const port = await quietPort();
  const url = `http://localhost:${port}`;
  const links = app.stack.links(url);
  const gate = await startGate(app.stack.electricUrl);
  const engine = { ...JSON.parse(links.SST_RESOURCE_SyncEngine ?? "{}"), url: gate.url };
  const env = { ...links, SST_RESOURCE_SyncEngine: JSON.stringify(engine) };
  const web = await startWeb({ mode, port, https: false, env });
  try {
    const { headers } = await signUpAt({ url });
    gate.hold = "silent";
    const held = gate.held();
    const browser = new AbortController();
    const poll = fetch(`${url}/api/users?offset=-1`, { headers, signal: browser.signal });
    const ended = (await held)();
    const left = performance.now();
    browser.abort();
    await poll.catch(() => {});
    await ended;
    return performance.now() - left;
  } finally {
    await web.stop();
    gate.close();
  }
}
