import { randomInt } from "node:crypto";
import getPort from "get-port";

/** Where the services listen, from the first free one on. Below the range that systems give to outgoing connections. */
export const PORTS: readonly number[] = Array.from({ length: 80 }, (_, i) => 5620 + i);

/** Some free port that will most likely still be free in a few seconds, whatever else starts meanwhile. */
export async function quietPort(): Promise<number> {
  return getPort({ port: Array.from({ length: 20 }, () => randomInt(10_000, 32_000)) });
}
