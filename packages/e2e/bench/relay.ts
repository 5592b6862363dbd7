import { fork } from "node:child_process";
import { once } from "node:events";
import { quietPort } from "@tracer/local/ports";
import { builtFiles } from "../src/page-code.ts";
import { inspect } from "./inspector.ts";
import type { RelayTask } from "./relay-process.ts";
import type { Site } from "./site.ts";

/**
 * Starts the bare relay, which the app is compared with in a browser: it writes with one statement, passes shape requests
 * on to Electric, and serves a static page, all without sessions and checks.
 *
 * @param staticPage the HTML of the page at `/static`
 * @returns its address, such as `http://localhost:4000`
 */
export async function startRelay(
  { stack }: { stack: Pick<Site["stack"], "databaseUrl" | "electricUrl"> },
  staticPage = "",
) {
  const { databaseUrl, electricUrl } = stack;
  const debugPort = await quietPort();
  const relay = fork(new URL("./relay-process.ts", import.meta.url), {
    execArgv: [`--inspect-port=127.0.0.1:${debugPort}`],
    stdio: ["inherit", "inherit", "ignore", "ipc"],
  });
  const task: RelayTask = { databaseUrl, electricUrl, staticPage, files: builtFiles };
  relay.send(task);
  const [port] = await once(relay, "message");
  return {
    url: `http://localhost:${port}`,
    /** Opens the debugger of the relay's process. */
    inspect: () => inspect(relay.pid ?? 0, debugPort),
    async [Symbol.asyncDispose]() {
      const ended = once(relay, "exit");
      relay.disconnect();
      await ended;
    },
  };
}
