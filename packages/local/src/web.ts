import { existsSync } from "node:fs";
import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type NodeChild, pathOf, startNodeChild } from "./node-child.ts";
import { StackError } from "./stack-error.ts";

export interface WebOptions {
  /** "dev" runs Vite's server on the sources, "built" runs the production build. */
  mode: "dev" | "built";
  port: number;
  /** Serves HTTPS, and so HTTP/2, with a self-signed certificate. Only "dev" mode can do this. */
  https: boolean;
  /** The app's links, as SST_RESOURCE_* variables. */
  env: Readonly<Record<string, string>>;
  /** What `launchDevServer` has launched for the same port. Without, "dev" mode launches a server itself. */
  launched?: NodeChild | undefined;
  /** Receives what the app writes, once the app answers. By default the output goes to standard error. */
  show?: (text: string) => void;
  /** Aborts a start that is under way. */
  signal?: AbortSignal;
}

const webPackage = pathOf("../../web", import.meta.url);

/**
 * Starts the web app as a process of its own.
 *
 * @returns the process, once the app answers
 * @throws StackError when there is no production build to run, or when the process ends before the app answers
 */
export async function startWeb(options: WebOptions): Promise<NodeChild> {
  const child = options.mode === "dev" ? linkedDevServer(options) : launchBuild(options);
  const show = options.show ?? ((text: string) => void process.stderr.write(text));
  const ready = new AbortController();
  const stop = () => ready.abort(options.signal?.reason);
  options.signal?.addEventListener("abort", stop);
  try {
    const ended = await Promise.race([child.exited, answers(options, ready.signal)]);
    if (typeof ended === "string") {
      throw new StackError(
        `The web app ${ended}.\n${child.lastLines()}`,
        "Correct the error, and start again.",
      );
    }
    // The server stays up, so that its sources can be corrected. The person must see why the page fails.
    if (ended >= 500) show(`The first page answers ${ended}:\n${child.lastLines()}\n`);
    child.showOutput(show);
    return child;
  } catch (error) {
    await child.stop();
    throw error;
  } finally {
    ready.abort();
    options.signal?.removeEventListener("abort", stop);
  }
}

/**
 * Launches Vite's server ahead of `startWeb`. Loading takes the server as long as the services take to start, and needs
 * none of them. Requests wait until `startWeb` has sent the links.
 */
export function launchDevServer({ port, https }: Pick<WebOptions, "port" | "https">): NodeChild {
  return startNodeChild({
    script: join(webPackage, "dev-server.ts"),
    cwd: webPackage,
    env: { PORT: String(port), ...(https ? { TRACER_HTTPS: "1" } : {}), ...colors() },
    // Vite's garbage is young. In larger pages of memory it is collected less often, which saves a tenth of the start.
    nodeFlags: ["--max-semi-space-size=64"],
    // Vite's server waits for polls, which never end by themselves.
    graceMs: 300,
  });
}

function linkedDevServer(options: WebOptions): NodeChild {
  const child = options.launched ?? launchDevServer(options);
  // A server that has ended meanwhile takes no links, and `exited` says how it ended.
  child.process.send({ ...options.env }, () => {});
  return child;
}

function launchBuild({ port, env }: WebOptions): NodeChild {
  const script = join(webPackage, ".output", "server", "index.mjs");
  if (!existsSync(script))
    throw new StackError("There is no production build of the web app.", "Run: npm run build");
  const address = {
    HOST: "127.0.0.1",
    NITRO_HOST: "127.0.0.1",
    PORT: String(port),
    NITRO_PORT: String(port),
  };
  return startNodeChild({
    script,
    cwd: webPackage,
    env: { NODE_ENV: "production", ...address, ...env },
    // The build ends its polls, finishes its writes and ends within ten seconds.
    graceMs: 10_000,
  });
}

/** Programs write no colors into a pipe unless this variable asks for them. */
function colors(): Record<string, string> {
  return process.stderr.isTTY && !process.env.NO_COLOR ? { FORCE_COLOR: "1" } : {};
}

/** Asks for the first page until there is an answer, and returns the status. */
async function answers(options: WebOptions, signal: AbortSignal): Promise<number> {
  for (;;) {
    const status = await answersOnce(options, signal);
    if (status !== undefined) return status;
    await delay(50, undefined, { signal });
  }
}

function answersOnce({ port, https }: WebOptions, signal: AbortSignal): Promise<number | undefined> {
  return new Promise((done, fail) => {
    const request = https ? requestHttps : requestHttp;
    // The certificate is self-signed.
    request({
      host: "127.0.0.1",
      port,
      path: "/",
      // At 127.0.0.1 the app would answer with a redirect to the page instead of the page.
      headers: { accept: "text/html", host: `localhost:${port}` },
      rejectUnauthorized: false,
      signal,
      // Unlike the global agent, a new agent ignores the shell's proxies.
      agent: false,
    })
      .on("response", (response) => {
        response.resume();
        done(response.statusCode ?? 0);
      })
      .on("error", () => (signal.aborted ? fail(signal.reason) : done(undefined)))
      .end();
  });
}
