// The program that shape-server.ts starts as a process. Its message to the parent says that the server is up.
import { keepFilesPrivate, readConfig, startShapeServer } from "@tracer/shape-server";

keepFilesPrivate();
const server = await startShapeServer({ ...readConfig(process.env), host: "127.0.0.1" });

process.once("SIGTERM", async () => {
  await server.close();
  process.exit(0);
});
process.send?.({ url: server.url, port: server.port });
