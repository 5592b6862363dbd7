import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { withoutProxyToThisMachine } from "./shell-environment.ts";

export type NodeChild = {
  process: ChildProcess;
  /** Resolves when the process has ended, with how. */
  exited: Promise<string>;
  /** The last lines that it wrote. */
  lastLines(): string;
  /** From now on what it writes is passed on to this process's stderr. */
  showOutput(): void;
  /** SIGTERM, and SIGKILL if that is not enough. */
  stop(): Promise<void>;
};

/** Starts another Node program that never outlives this process, and keeps what it writes. */
export function startNodeChild(options: {
  script: string;
  args?: string[];
  cwd?: string;
  env?: Record<string, string>;
  /** How long a stop waits for the program's own way of ending. */
  graceMs: number;
}): NodeChild {
  const child = fork(options.script, options.args, {
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: { ...process.env, ...withoutProxyToThisMachine(process.env), ...options.env },
    execArgv: ["--import", new URL("./node-leash.ts", import.meta.url).href],
    // A group of its own: Ctrl-C in the terminal is for us, who then stop things in their order.
    detached: process.platform !== "win32",
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  const lines: string[] = [];
  let shown = false;
  for (const output of [child.stdout, child.stderr]) {
    output?.setEncoding("utf8").on("data", (text: string) => {
      lines.push(...text.split("\n").filter((line) => line.trim() !== ""));
      lines.splice(0, lines.length - 15);
      if (shown) process.stderr.write(text);
    });
  }
  const ended = () => child.exitCode !== null || child.signalCode !== null;
  const exited = once(child, "close").then(
    ([code, signal]) => (signal ? `was ended by ${signal}` : `ended with code ${code}`),
    (error) => `could not be started: ${error.message}`,
  );
  return {
    process: child,
    exited,
    lastLines: () => lines.join("\n"),
    showOutput() {
      shown = true;
    },
    async stop() {
      shown = false;
      for (const signal of ["SIGTERM", "SIGKILL"] as const) {
        if (ended()) break;
        child.kill(signal);
        await Promise.race([exited, delay(options.graceMs, undefined, { ref: false })]);
      }
      await exited;
    },
  };
}

/** The path of a file beside the module that asks. */
export function pathOf(relative: string, base: string): string {
  return fileURLToPath(new URL(relative, base));
}
