import { randomInt } from "node:crypto";
import getPort from "get-port";

/**
 * The ports of the services: each service takes the first free one. All lie below the range from which systems take
 * ports for outgoing connections.
 */
export const servicePorts: readonly number[] = Array.from({ length: 80 }, (_, i) => 5620 + i);

/** A random free port, which is most likely still free in a few seconds, even when other stacks start meanwhile. */
export async function quietPort(): Promise<number> {
  return getPort({ port: Array.from({ length: 20 }, () => randomInt(10_000, 32_000)) });
}
