import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

const BIN = join(import.meta.dirname, "../../bin/shape-server.js");

/** The program in a process of its own. */
export interface Program {
  url: string;
  child: ChildProcess;
  /** Everything it has printed. */
  output(): string;
  /** Sends a signal and gives the exit code, or the signal that ended it. */
  end(signal: NodeJS.Signals): Promise<number | string | null>;
}

/**
 * Starts the program with these environment variables, and does not wait until it serves.
 *
 * @param through a command that runs the program, such as one that sets limits first
 */
export function spawnProgram(
  environment: Record<string, string>,
  args: string[] = [],
  through: readonly string[] = [],
): Program {
  const [command = "", ...rest] = [...through, process.execPath, BIN, ...args];
  const child = spawn(command, rest, {
    env: { PATH: process.env.PATH, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.on("data", (text: Buffer) => {
      output += text;
    });
  return {
    url: `http://127.0.0.1:${environment.ELECTRIC_PORT ?? ""}`,
    child,
    output: () => output,
    async end(signal) {
      if (child.exitCode !== null || child.signalCode !== null) return child.exitCode ?? child.signalCode;
      const ended = once(child, "exit");
      child.kill(signal);
      const [code, by] = await ended;
      return code ?? by;
    },
  };
}

/** What `/v1/health` says: its status code and word, or null while nobody listens. */
export async function health(url: string): Promise<string | null> {
  try {
    const answer = await fetch(`${url}/v1/health`);
    return `${answer.status} ${JSON.parse(await answer.text()).status}`;
  } catch {
    return null;
  }
}
