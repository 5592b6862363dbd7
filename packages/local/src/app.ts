import type { NodeChild } from "./node-child.ts";
import { quietPort } from "./ports.ts";
import { silent } from "./report.ts";
import { type Stack, type StackOptions, startStack } from "./stack.ts";
import { StackError } from "./stack-error.ts";
import { startWeb } from "./web.ts";

export type AppOptions = StackOptions & {
  /** "dev": Vite's server on the sources. "built": the production build. */
  mode: "dev" | "built";
  /** This port and no other; a free one without it. */
  port?: number;
  /** HTTPS and HTTP/2, in "dev" alone. */
  https?: boolean;
};

export type App = AsyncDisposable &
  Pick<Stack, "stopElectric" | "startElectric" | "stopPostgres" | "startPostgres"> & {
    /** Where the person opens it, without a slash at the end. */
    url: string;
    stack: Stack;
    /** Ends the web server as a crash would, and starts it again on the same port. */
    restartWeb(): Promise<void>;
    stopWeb(): Promise<void>;
    startWeb(): Promise<void>;
    /** Resolves with the reason when a part has ended that nobody asked to end. */
    failed: Promise<unknown>;
    close(): Promise<void>;
  };

/**
 * Starts the stack and the web app on it.
 *
 * Tests use it too, to take parts down and up again in the middle of a session: every part comes back on its port.
 *
 * @throws StackError with the next step for the person
 */
export async function startApp(options: AppOptions): Promise<App> {
  const { mode, signal, https = false, report = silent } = options;
  const port = options.port ?? (await quietPort());
  const url = `${https ? "https" : "http"}://localhost:${port}`;
  const stack = await startStack(options);
  const failure = Promise.withResolvers<unknown>();
  void stack.failed.then(failure.resolve);

  let web: NodeChild | undefined;
  const start = async () => {
    if (web) return;
    const child = await startWeb({ mode, port, https, env: stack.links(url), ...(signal ? { signal } : {}) });
    web = child;
    void child.exited.then((how) => {
      if (web === child)
        failure.resolve(
          new StackError(`The web app ${how}.`, "What it wrote is above. Start again when it is corrected."),
        );
    });
  };
  const stop = async () => {
    const last = web;
    web = undefined;
    await last?.stop();
  };
  const close = async () => {
    await stop();
    await stack.close();
  };

  try {
    await report.step(mode === "dev" ? "Web app (Vite)" : "Web app", start);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    url,
    stack,
    stopElectric: stack.stopElectric,
    startElectric: stack.startElectric,
    stopPostgres: stack.stopPostgres,
    startPostgres: stack.startPostgres,
    stopWeb: stop,
    startWeb: start,
    async restartWeb() {
      await stop();
      await start();
    },
    failed: failure.promise,
    close,
    [Symbol.asyncDispose]: close,
  };
}
