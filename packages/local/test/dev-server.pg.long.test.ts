import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { request } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { quietPort } from "../src/ports.ts";
import { startStack } from "../src/stack.ts";
import { launchDevServer, startWeb } from "../src/web.ts";

test("a page that is asked for before the services have started comes once the app has its links", async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "tracer-dev-server-"));
  const port = await quietPort();
  const launched = launchDevServer({ port, https: false });
  try {
    await listening(port);
    const asked = pageAt(port);
    await using stack = await startStack({
      dataDir,
      env: {},
      fsync: false,
      siteUrl: `http://localhost:${port}`,
    });
    const env = stack.links();
    await startWeb({ mode: "dev", port, https: false, env, launched, show: () => {} });
    expect(await asked).toBe(200);
  } finally {
    await launched.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}, 120_000);

/** Waits until a server listens. */
async function listening(port: number): Promise<void> {
  for (;;) {
    const socket = connect({ host: "127.0.0.1", port });
    const up = await once(socket, "connect").then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (up) return;
    await delay(50);
  }
}

/** Asks for the landing page, and gives the status. */
async function pageAt(port: number): Promise<number | undefined> {
  const headers = { accept: "text/html", host: `localhost:${port}` };
  const asked = request({ host: "127.0.0.1", port, headers, agent: false }).end();
  const [answer] = await once(asked, "response");
  answer.resume();
  return answer.statusCode;
}
