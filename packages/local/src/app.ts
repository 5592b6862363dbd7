import type { ChildProcess } from "node:child_process";
import type { Links } from "./app-links.ts";
import type { NodeChild } from "./node-child.ts";
import { quietPort } from "./ports.ts";
import { silent } from "./report.ts";
import { reportedService } from "./reported-service.ts";
import { type Stack, type StackOptions, startStack } from "./stack.ts";
import { launchDevServer, startWeb } from "./web.ts";

export interface AppOptions extends StackOptions {
  /** "dev" runs Vite's server on the sources, "built" runs the production build. */
  mode: "dev" | "built";
  /** Port of the web app. Without a port, the web app takes a free one. */
  port?: number;
  /** Serves HTTPS, and so HTTP/2. Only "dev" mode can do this. */
  https?: boolean;
  /** Changes the links that the web app gets, for tests that stand between the app and a service. */
  throughLinks?: (links: Links) => Links;
}

export interface App
  extends AsyncDisposable,
    Pick<Stack, "stopElectric" | "startElectric" | "stopPostgres" | "startPostgres"> {
  /** The address of the web app, without a slash at the end. */
  url: string;
  stack: Stack;
  /** The process of the web app that was started last. */
  webProcess(): ChildProcess | undefined;
  /** Stops the web server and starts a new one on the same port. */
  restartWeb(): Promise<void>;
  stopWeb(): Promise<void>;
  startWeb(): Promise<void>;
  /** Resolves with the reason when a part has ended although nobody stopped it. */
  failed: Promise<unknown>;
  /** Stops the web app and the stack. */
  close(): Promise<void>;
}

/**
 * Starts the stack and the web app. A web app that ends by itself is started again on its port.
 *
 * With `siteUrl`, people find the app at that address, and what listens there passes requests on to the web app.
 *
 * Tests stop and start single parts in the middle of a session. Every part comes back on the same port.
 *
 * @throws StackError with what went wrong and what to do next
 */
export async function startApp(options: AppOptions): Promise<App> {
  const { mode, signal, https = false, report = silent, throughLinks = (links) => links } = options;
  const port = options.port ?? (await quietPort());
  const url = `${https ? "https" : "http"}://localhost:${port}`;
  let launched: NodeChild | undefined;
  const meanwhile = () => {
    if (mode === "dev") launched = launchDevServer({ port, https });
  };
  const stack = await startStack({ ...options, siteUrl: options.siteUrl ?? url, meanwhile }).catch(
    async (error: unknown) => {
      await launched?.stop();
      throw error;
    },
  );
  const failure = Promise.withResolvers<unknown>();
  void stack.failed.then(failure.resolve);

  let web: NodeChild | undefined;
  const service = reportedService(
    "Web app",
    async () => {
      const show = (text: string) => report.output("Web app", text);
      const env = throughLinks(stack.links());
      // A later start launches a server of its own.
      const first = launched;
      launched = undefined;
      web = await startWeb({ mode, port, https, env, launched: first, show, ...(signal ? { signal } : {}) });
      return web;
    },
    report,
    failure.resolve,
  );
  const start = async () => {
    report.part("Web app", "starting", url);
    await service.start().catch((error: unknown) => {
      report.part("Web app", "failed");
      throw error;
    });
  };
  const close = async () => {
    await service.stop();
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
    webProcess: () => web?.process,
    stopWeb: service.stop,
    startWeb: start,
    async restartWeb() {
      await service.stop();
      await start();
    },
    failed: failure.promise,
    close,
    [Symbol.asyncDispose]: close,
  };
}
