import { type ChildProcess, type ForkOptions, fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { withoutProxyToThisMachine } from "./shell-environment.ts";

export interface NodeChild {
  process: ChildProcess;
  /** Resolves when the process has ended, with words such as "ended with code 1". */
  exited: Promise<string>;
  /** The last lines that the program wrote. */
  lastLines(): string;
  /** Passes on all further output of the program. */
  showOutput(show: (text: string) => void): void;
  /** Sends SIGTERM, and SIGKILL when the program has not ended after `graceMs`. */
  stop(): Promise<void>;
}

/** Starts a Node program that ends with this process, and keeps the last lines of its output. */
export function startNodeChild(options: {
  script: string;
  args?: string[];
  cwd?: string;
  env?: Record<string, string>;
  /** Further flags for Node itself. */
  nodeFlags?: readonly string[];
  /** How many milliseconds a stop waits for the program to end after SIGTERM. */
  graceMs: number;
}): NodeChild {
  const child = forkOnLeash(options.script, options.args ?? [], {
    nodeFlags: options.nodeFlags ?? [],
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: { ...process.env, ...withoutProxyToThisMachine(process.env), ...options.env },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  const lines: string[] = [];
  let show: ((text: string) => void) | undefined;
  for (const output of [child.stdout, child.stderr]) {
    output?.setEncoding("utf8").on("data", (text: string) => {
      lines.push(...text.split("\n").filter((line) => line.trim() !== ""));
      lines.splice(0, lines.length - 15);
      show?.(text);
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
    showOutput(to) {
      show = to;
    },
    async stop() {
      show = undefined;
      for (const signal of ["SIGTERM", "SIGKILL"] as const) {
        if (ended()) break;
        child.kill(signal);
        await Promise.race([exited, delay(options.graceMs, undefined, { ref: false })]);
      }
      await exited;
    },
  };
}

/** Starts a Node program that ends with this process. */
export function forkOnLeash(
  script: string,
  args: readonly string[],
  {
    nodeFlags = [],
    ...options
  }: Omit<ForkOptions, "execArgv" | "detached"> & { nodeFlags?: readonly string[] },
): ChildProcess {
  return fork(script, args, {
    ...options,
    execArgv: [...nodeFlags, "--import", new URL("./node-leash.ts", import.meta.url).href],
    // Ctrl-C reaches the terminal's process group. Outside that group, the child runs until this process stops it.
    detached: process.platform !== "win32",
  });
}

/** The path of the file `relative`, seen from the module whose `import.meta.url` is `base`. */
export function pathOf(relative: string, base: string): string {
  return fileURLToPath(new URL(relative, base));
}
