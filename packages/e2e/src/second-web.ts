import type { App } from "@tracer/local/app";
import { quietPort } from "@tracer/local/ports";
import { startWeb } from "@tracer/local/web";
import { logLines } from "./log-lines.ts";

/** How a second web server differs from the first. */
interface Difference {
  /** By default the production build. */
  readonly mode?: "dev" | "built";
  /** What stands in the links in the place of what stands there by default, by the names of the links. */
  readonly links?: Readonly<Record<string, object>>;
}

/** Starts one more web server on the stack of an app, at an address of its own, with all that the server writes. */
export async function startSecondWeb(
  { stack }: Pick<App, "stack">,
  { mode = "built", links: changes = {} }: Difference = {},
) {
  const port = await quietPort();
  const url = `http://localhost:${port}`;
  const links = stack.links(url);
  const changed = Object.entries(changes).map(([name, change]): [string, string] => {
    const variable = `SST_RESOURCE_${name}`;
    return [variable, JSON.stringify({ ...JSON.parse(links[variable] ?? "{}"), ...change })];
  });
  const log = logLines();
  const show = (text: string) => log.report.output("Web app", text);
  const env = { ...links, ...Object.fromEntries(changed) };
  const web = await startWeb({ mode, port, https: false, env, show });
  return { url, log, [Symbol.asyncDispose]: () => web.stop() };
}
