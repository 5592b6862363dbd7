import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { isHealthy } from "../../container/health.ts";

test.each([
  [200, true],
  [307, false],
  [404, false],
  [503, false],
])("an app that answers %i is healthy: %s", async (status, healthy) => {
  const server = createServer((_request, response) => void response.writeHead(status).end());
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/health`;
  expect(await isHealthy(url)).toBe(healthy);
  server.close();
  server.closeAllConnections();
  await once(server, "close");
  expect(await isHealthy(url)).toBe(false);
});
