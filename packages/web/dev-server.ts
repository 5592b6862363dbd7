// The program of the web app in development. Vite loads and listens while the app's services still start. Requests wait
// until the parent process has sent the app's links, the SST_RESOURCE_* variables.
import { enableCompileCache, flushCompileCache } from "node:module";
import type { Plugin } from "vite";
import { resolveDrizzleByPath } from "./drizzle-resolution.ts";

// Before Vite is imported, so that the next start compiles nothing of Vite again.
enableCompileCache();
resolveDrizzleByPath();
// A stop may kill this process, which then writes nothing any more.
setTimeout(flushCompileCache, 10_000).unref();

const linked = new Promise<void>((done) => {
  process.once("message", (links: Readonly<Record<string, string>>) => {
    Object.assign(process.env, links);
    done();
  });
});

const linksFirst: Plugin = {
  name: "tracer:links-first",
  configureServer(server) {
    server.middlewares.use((_request, _response, next) => void linked.then(() => next()));
  },
};

/** What the server needs for the first page. What these modules import follows. */
const firstOnServer = [
  "virtual:tanstack-start-server-entry",
  "/src/router.tsx",
  "/src/routes/index.tsx?tsr-split=component",
];

const { createServer } = await import("vite");
const server = await createServer({
  root: import.meta.dirname,
  clearScreen: false,
  plugins: [linksFirst],
  server: { host: "127.0.0.1", port: Number(process.env.PORT), strictPort: true },
});
await server.listen();
// Vite transforms the parts of the first page while the services still start.
const { client, ssr } = server.environments;
for (const part of firstOnServer) void ssr.warmupRequest(part);
void client.warmupRequest("/src/styles.css?direct");
