import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { dropSlots } from "../../shape-server/test/replay/database.ts";

interface Running {
  url: string;
  end(): Promise<void>;
}

/**
 * Starts shape servers for tests of packages that must not import the shape server. A `POST` with the URL of a database
 * is answered with the URL of a shape server, and a `DELETE` with the same body ends that server. Servers that a test
 * leaves behind end with the run.
 */
export async function offerShapeServers() {
  const running = new Map<string, Promise<Running>>();

  async function answer(request: IncomingMessage): Promise<string> {
    const databaseUrl = await text(request);
    if (request.method === "POST") {
      const started = running.get(databaseUrl) ?? start(databaseUrl);
      running.set(databaseUrl, started);
      return (await started).url;
    }
    await (await running.get(databaseUrl))?.end();
    running.delete(databaseUrl);
    return "";
  }

  const server = createServer((request, response) => {
    answer(request).then(
      (body) => response.end(body),
      (error: Error) => response.writeHead(500).end(error.stack),
    );
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.close();
      server.closeAllConnections();
      await Promise.allSettled([...running.values()].map(async (one) => (await one).end()));
    },
  };
}

async function start(databaseUrl: string): Promise<Running> {
  // The import waits for the first request, because most runs of single files need no shape server.
  const { startShapeServer } = await import("@tracer/shape-server");
  const storageDir = await mkdtemp(join(tmpdir(), "tracer-shapes-"));
  // The name of a slot is unique in the cluster, which all test files share.
  const replicationStreamId = new URL(databaseUrl).pathname.slice(1);
  const server = await startShapeServer({
    databaseUrl,
    storageDir,
    replicationStreamId,
    host: "127.0.0.1",
    port: 0,
    longPollTimeout: 1000,
  });
  return {
    url: server.url,
    async end() {
      await server.close();
      await rm(storageDir, { recursive: true, force: true });
      await dropSlots(databaseUrl, `electric_slot_${replicationStreamId}`);
    },
  };
}
