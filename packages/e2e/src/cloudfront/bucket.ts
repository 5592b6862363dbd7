import { once } from "node:events";
import { existsSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";

const types: Readonly<Record<string, string>> = {
  ".css": "text/css",
  ".js": "text/javascript",
  ".svg": "image/svg+xml",
  ".txt": "text/plain",
};

/** Starts the bucket with the files of a build, with the caching headers that `infra/web.ts` gives them. */
export async function startBucket(folder: string) {
  const server = createServer(async (request, response) => {
    const path = request.url?.split("?", 1)[0] ?? "/";
    const cacheControl = path.startsWith("/assets/")
      ? "public,max-age=31536000,immutable"
      : "public,max-age=0,s-maxage=86400,stale-while-revalidate=8640";
    response.writeHead(200, {
      "content-type": types[extname(path)] ?? "application/octet-stream",
      "cache-control": cacheControl,
    });
    response.end(await readFile(join(folder, path)));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    /** Whether the bucket has a file for a path. SST's edge function knows the paths. */
    has: (path: string) => existsSync(join(folder, path)) && statSync(join(folder, path)).isFile(),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}
