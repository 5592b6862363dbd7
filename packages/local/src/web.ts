import { existsSync } from "node:fs";
import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type NodeChild, pathOf, startNodeChild } from "./node-child.ts";
import { StackError } from "./stack-error.ts";

export type WebOptions = {
  /** "dev": Vite's server on the sources. "built": the production build. */
  mode: "dev" | "built";
  port: number;
  /** HTTPS with a certificate made on the spot, and with it HTTP/2; in "dev" alone. */
  https: boolean;
  /** The links. */
  env: Record<string, string>;
  signal?: AbortSignal;
};

const WEB = pathOf("../../web", import.meta.url);

/**
 * Runs the web app as a process of its own.
 *
 * @returns the process, once it answers
 * @throws StackError when there is no build, or the process ends before it answers
 */
export async function startWeb(options: WebOptions): Promise<NodeChild> {
  const child = startNodeChild({
    ...program(options),
    cwd: WEB,
    // Long polls are always open; a write that is under way takes milliseconds.
    graceMs: 300,
  });
  const ready = new AbortController();
  const stop = () => ready.abort(options.signal?.reason);
  options.signal?.addEventListener("abort", stop);
  try {
    const ended = await Promise.race([child.exited, answers(options, ready.signal)]);
    if (typeof ended === "string") {
      throw new StackError(
        `The web app ${ended}.\n${child.lastLines()}`,
        "Correct what it complains about, and start again.",
      );
    }
    // It is up, so it can be corrected while it runs; why it fails must not stay hidden.
    if (ended >= 500) process.stderr.write(`The first page answers with ${ended}:\n${child.lastLines()}\n`);
    child.showOutput();
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
      dirname(createRequire(join(WEB, "package.json")).resolve("vite/package.json")),
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
  const script = join(WEB, ".output", "server", "index.mjs");
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

/** What a program writes into a pipe has no colours, unless it is told that they are welcome. */
function colors(): Record<string, string> {
  return process.stderr.isTTY && !process.env.NO_COLOR ? { FORCE_COLOR: "1" } : {};
}

/** The status of the first page, once there is an answer. */
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
      // The page's own address: at another one, the answer would only lead to the page.
      headers: { accept: "text/html", host: `localhost:${port}` },
      rejectUnauthorized: false,
      signal,
      // An agent of its own, which knows of no proxy.
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
