import { createHash, randomInt } from "node:crypto";
import { resolve } from "node:path";
import getPort from "get-port";

const firstPort = 5620;
const portCount = 80;

/**
 * The ports of the services: each service takes the first free one. All lie below the range from which systems take
 * ports for outgoing connections.
 *
 * Each data folder begins at another port. A service that is stopped for a moment comes back on its port, and a stack that
 * starts in this moment must not have taken the port.
 */
export function servicePorts(dataDir: string): number[] {
  const begin = createHash("sha256").update(resolve(dataDir)).digest().readUInt32BE() % portCount;
  return Array.from({ length: portCount }, (_, nth) => firstPort + ((begin + nth) % portCount));
}

/** A random free port, which is most likely still free in a few seconds, even when other stacks start meanwhile. */
export async function quietPort(): Promise<number> {
  return getPort({ port: Array.from({ length: 20 }, () => randomInt(10_000, 32_000)) });
}
