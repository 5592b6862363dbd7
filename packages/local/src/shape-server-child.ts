// Started by shape-server.ts as a process of its own; says with a message that it is up.
import { startShapeServer } from "@tracer/shape-server";
import type { ShapeServerOptions } from "./shape-server.ts";

const options: ShapeServerOptions & { port: number } = JSON.parse(process.env.TRACER_SHAPE_SERVER ?? "{}");
const server = await startShapeServer({ ...options, host: "127.0.0.1", logLevel: "warn" });

process.once("SIGTERM", async () => {
  await server.close();
  process.exit(0);
});
process.send?.({ url: server.url, port: server.port });
