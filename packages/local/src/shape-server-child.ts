// Started by shape-server.ts as a process of its own; says with a message that it is up.
import { readConfig, startShapeServer } from "@tracer/shape-server";

const server = await startShapeServer({ ...readConfig(process.env), host: "127.0.0.1" });

process.once("SIGTERM", async () => {
  await server.close();
  process.exit(0);
});
process.send?.({ url: server.url, port: server.port });
