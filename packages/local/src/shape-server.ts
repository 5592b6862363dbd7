import { once } from "node:events";
import getPort from "get-port";
import { type NodeChild, pathOf, startNodeChild } from "./node-child.ts";
import { StackError } from "./stack-error.ts";

export type ShapeServerOptions = { databaseUrl: string; storageDir: string; secret: string };

export type ShapeServerProcess = NodeChild & { url: string; port: number };

/**
 * Runs the shape server as a process of its own, so that whatever goes wrong in it takes nothing else down. What else
 * Electric's environment variables say, such as `ELECTRIC_LONG_POLL_TIMEOUT`, holds for it too.
 *
 * @param ports the first free one of these is used
 * @returns the running process, once the server answers
 * @throws StackError with what it wrote, when it ends before that
 */
export async function startShapeServerProcess({
  ports,
  databaseUrl,
  storageDir,
  secret,
}: ShapeServerOptions & { ports: readonly number[] }): Promise<ShapeServerProcess> {
  for (let left = [...ports]; ; ) {
    const port = left.length === 1 ? left[0] : await getPort({ port: left });
    const child = startNodeChild({
      script: pathOf("./shape-server-child.ts", import.meta.url),
      env: {
        ELECTRIC_LOG_LEVEL: process.env.ELECTRIC_LOG_LEVEL || "warning",
        DATABASE_URL: databaseUrl,
        ELECTRIC_PORT: String(port),
        ELECTRIC_STORAGE_DIR: storageDir,
        ELECTRIC_SECRET: secret,
        ELECTRIC_INSECURE: "",
      },
      graceMs: 2000,
    });
    const outcome = await Promise.race([once(child.process, "message"), child.exited]);
    if (typeof outcome !== "string") {
      child.showOutput();
      return { ...child, ...(outcome[0] as { url: string; port: number }) };
    }
    // Somebody else was quicker: between finding a free port and using it is the start of a process.
    left = left.filter((candidate) => candidate !== port);
    if (left.length > 0 && child.lastLines().includes("EADDRINUSE")) continue;
    throw new StackError(
      `The shape server ${outcome}.\n${child.lastLines()}`,
      "If this stays so, start once with --reset to begin with an empty database.",
    );
  }
}
