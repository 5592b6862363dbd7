// The program of the web app in development. Vite loads and listens while the app's services still start. Requests wait
// until the parent process has sent the app's links, the SST_RESOURCE_* variables.
import { enableCompileCache, flushCompileCache } from "node:module";
import type { Plugin } from "vite";

// Before Vite is imported, so that the next start compiles nothing of Vite again.
enableCompileCache();
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

const { createServer } = await import("vite");
const server = await createServer({
  root: import.meta.dirname,
  clearScreen: false,
  plugins: [linksFirst],
  server: { host: "127.0.0.1", port: Number(process.env.PORT), strictPort: true },
});
await server.listen();
