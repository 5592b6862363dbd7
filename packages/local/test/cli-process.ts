import { execFileSync, spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";

/** Starts the CLI as a process of its own, and collects what the CLI writes. */
export function startCli(args: string[], env: Record<string, string> = {}) {
  const { DATABASE_URL: _, ELECTRIC_URL: __, ...rest } = process.env;
  const child = spawn(process.execPath, [fileURLToPath(new URL("../src/cli.ts", import.meta.url)), ...args], {
    env: { ...rest, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const exit = new Promise<number | string>((done) => {
    child.once("close", (code, signal) => done(signal ?? code ?? -1));
  });
  const written = (output: Readable, isThere: () => boolean) =>
    new Promise<void>((done, fail) => {
      const look = () => isThere() && done();
      output.on("data", look);
      look();
      void exit.then((how) => fail(new Error(`The CLI ended (${how}):\n${stderr}`)));
    });
  return {
    child,
    exit,
    stdout: () => stdout,
    stderr: () => stderr,
    /** Waits until the CLI has written this text to stderr. */
    says: (text: string) => written(child.stderr, () => stderr.includes(text)),
    /** Waits for all NAME=value lines, and returns them. */
    async addresses(): Promise<Record<string, string>> {
      await written(child.stdout, () => stdout.includes("ELECTRIC_SECRET="));
      return Object.fromEntries(
        stdout
          .trim()
          .split("\n")
          .map((line) => line.split(/=(.*)/s).slice(0, 2)),
      );
    },
    /** The ids of the CLI's child processes whose command line contains `text`. */
    children(text: string): number[] {
      const rows = execFileSync("ps", ["-A", "-o", "pid=,ppid=,args="], { encoding: "utf8" }).split("\n");
      return rows.flatMap((row) => {
        const [, pid, parent, command] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(row) ?? [];
        return Number(parent) === child.pid && command?.includes(text) ? [Number(pid)] : [];
      });
    },
  };
}
