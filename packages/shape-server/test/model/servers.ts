import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

const BIN = join(import.meta.dirname, "../../bin/shape-server.js");

/** A shape server as a process of its own, on a port that stays the same, to be killed and started again. */
export class ServerProcess {
  readonly url: string;
  readonly #environment: Record<string, string>;
  #child: ChildProcess | null = null;
  #said = "";

  constructor(port: number, environment: Record<string, string>) {
    this.url = `http://127.0.0.1:${port}`;
    this.#environment = { ELECTRIC_PORT: String(port), ELECTRIC_INSECURE: "true", ...environment };
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  /** What it has written to its output. */
  get said(): string {
    return this.#said;
  }

  async start(): Promise<void> {
    this.launch();
    await this.untilHealthy();
  }

  /** Starts it without waiting. */
  launch(): ChildProcess {
    const child = spawn(process.execPath, [BIN], {
      env: { PATH: process.env.PATH, ...this.#environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        this.#said += text;
      });
    }
    this.#child = child;
    return child;
  }

  async untilHealthy(): Promise<void> {
    const child = this.#child;
    for (;;) {
      if (!child || child.exitCode !== null || child.signalCode !== null) {
        throw new Error(`the server ended:\n${this.#said}`);
      }
      const healthy = await fetch(`${this.url}/v1/health`).then(
        async (answer) => (await answer.text()) && answer.status === 200,
        () => false,
      );
      if (healthy) return;
      await delay(20);
    }
  }

  /** Ends it without warning, or politely; resolves with its exit code. */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#child;
    this.#child = null;
    if (!child) return null;
    if (child.exitCode === null && child.signalCode === null) {
      const exit = once(child, "exit");
      child.kill(signal);
      await exit;
    }
    return child.exitCode;
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (typeof address !== "object" || address === null) throw new Error("no port is free");
  return address.port;
}
