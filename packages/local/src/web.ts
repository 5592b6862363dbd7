import { existsSync } from "node:fs";
import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
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
  const child = startNodeChild({
    ...program(options),
    cwd: webPackage,
    // The build ends its polls, finishes its writes and ends within ten seconds. Vite's server waits for polls, which
    // never end by themselves.
    graceMs: options.mode === "built" ? 10_000 : 300,
  });
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

function program({ mode, port, https, env }: WebOptions) {
  if (mode === "dev") {
    const vite = join(
      dirname(createRequire(join(webPackage, "package.json")).resolve("vite/package.json")),
      "bin",
      "vite.js",
    );
    const args = [
      "dev",
      "--port",
      String(port),
      "--strictPort",
      "--host",
      "127.0.0.1",
      "--clearScreen",
      "false",
    ];
    return { script: vite, args, env: { ...env, ...(https ? { TRACER_HTTPS: "1" } : {}), ...colors() } };
  }
  const script = join(webPackage, ".output", "server", "index.mjs");
  if (!existsSync(script))
    throw new StackError("There is no production build of the web app.", "Run: npm run build");
  const address = {
    HOST: "127.0.0.1",
    NITRO_HOST: "127.0.0.1",
    PORT: String(port),
    NITRO_PORT: String(port),
  };
  return { script, env: { NODE_ENV: "production", ...address, ...env } };
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
