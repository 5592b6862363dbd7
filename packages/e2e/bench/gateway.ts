import { fork } from "node:child_process";
import { once } from "node:events";
import type { Stack } from "@tracer/local/stack";

/**
 * Starts a gateway to the database of a stack as a process of its own, as Neon's gateway is. The gateway of the stack runs
 * in this process, and would wait while this process steers browsers.
 */
export async function startGatewayProcess({ databaseUrl }: Pick<Stack, "databaseUrl">) {
  const gateway = fork(new URL("./gateway-process.ts", import.meta.url), [databaseUrl]);
  const [url] = await once(gateway, "message");
  return {
    /** Leads the app to the database through this gateway. */
    through: (links: Readonly<Record<string, string>>): Record<string, string> => {
      const { SST_RESOURCE_Database: database = "{}" } = links;
      return { ...links, SST_RESOURCE_Database: JSON.stringify({ ...JSON.parse(database), gateway: url }) };
    },
    async [Symbol.asyncDispose]() {
      const ended = once(gateway, "exit");
      gateway.disconnect();
      await ended;
    },
  };
}
