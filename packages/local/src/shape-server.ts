import { once } from "node:events";
import getPort from "get-port";
import { type NodeChild, pathOf, startNodeChild } from "./node-child.ts";
import { StackError } from "./stack-error.ts";

export interface ShapeServerOptions {
  databaseUrl: string;
  storageDir: string;
  secret: string;
  /** Receives what the server writes, once the server answers. */
  show: (text: string) => void;
}

export interface ShapeServerProcess extends NodeChild {
  url: string;
  port: number;
}

/**
 * Starts the shape server as a process of its own, so that its failures do not end the rest of the stack. The server
 * also reads Electric's other environment variables, such as `ELECTRIC_LONG_POLL_TIMEOUT`.
 *
 * @param ports the server listens on the first free one of these
 * @returns the process, once the server answers
 * @throws StackError with the last lines of the server's output, when the server ends before it answers
 */
export async function startShapeServerProcess({
  ports,
  databaseUrl,
  storageDir,
  secret,
  show,
}: ShapeServerOptions & { ports: readonly number[] }): Promise<ShapeServerProcess> {
  for (let left = [...ports]; ; ) {
    const port = left.length === 1 ? left[0] : await getPort({ port: left });
    const child = startNodeChild({
      script: pathOf("./shape-server-child.ts", import.meta.url),
      env: {
        ELECTRIC_LOG_LEVEL: process.env.ELECTRIC_LOG_LEVEL || "warning",
        DATABASE_URL: databaseUrl,
        ELECTRIC_PORT: String(port),
        // The migrations make the publication, under this id.
        ELECTRIC_REPLICATION_STREAM_ID: "default",
        ELECTRIC_STORAGE_DIR: storageDir,
        ELECTRIC_SECRET: secret,
        ELECTRIC_INSECURE: "",
      },
      graceMs: 2000,
    });
    const outcome = await Promise.race([once(child.process, "message"), child.exited]);
    if (typeof outcome !== "string") {
      child.showOutput(show);
      return { ...child, ...(outcome[0] as { url: string; port: number }) };
    }
    // Another program took the port after getPort had found it free.
    left = left.filter((candidate) => candidate !== port);
    if (left.length > 0 && child.lastLines().includes("EADDRINUSE")) continue;
    throw new StackError(
      `The shape server ${outcome}.\n${child.lastLines()}`,
      "If the next start fails as well, start once with --reset to begin with an empty database.",
    );
  }
}
