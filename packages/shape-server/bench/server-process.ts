import { setTimeout as delay } from "node:timers/promises";
import { startShapeServer } from "../src/index.ts";
import { answer } from "./child.ts";

// The server that is measured.

interface Options {
  databaseUrl: string;
  storageDir: string;
}

const isOptions = (value: unknown): value is Options =>
  typeof value === "object" && value !== null && "databaseUrl" in value && "storageDir" in value;

answer({
  async start(value) {
    if (!isOptions(value)) throw new Error("options were expected");
    const server = await startShapeServer({
      ...value,
      host: "127.0.0.1",
      port: 0,
      maxShapes: 100_000,
      longPollTimeout: 600_000,
      logLevel: "error",
    });
    return server.url;
  },
  /** Bytes of heap and buffers, and of the whole process, after garbage collection. */
  async memory() {
    for (let i = 0; i < 3; i++) {
      globalThis.gc?.();
      await delay(50);
    }
    const { heapUsed, external, rss } = process.memoryUsage();
    return [heapUsed + external, rss];
  },
});
