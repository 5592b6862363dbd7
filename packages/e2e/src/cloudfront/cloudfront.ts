import { once } from "node:events";
import { createSecureServer, type ServerHttp2Session } from "node:http2";
import type { Socket } from "node:net";
import { breakOff, makeDistribution, type Origins } from "./distribution.ts";
import type { Settings } from "./settings.ts";

interface Options {
  /** Where browsers find the site. */
  readonly port: number;
  /** The certificate and the key, in one text. */
  readonly certificate: string;
  readonly settings: Settings;
  readonly origins: Origins;
}

/** How browsers are spoken with. A request with longer headers gets an answer that says so. */
const protocol = {
  allowHTTP1: true,
  settings: { maxConcurrentStreams: 128, maxHeaderListSize: 65_536 },
  maxHeaderSize: 65_536,
};

/**
 * Starts a stand-in for CloudFront: HTTP/2 over TLS to browsers, HTTP/1.1 to the origins, with the cache keys, the limits
 * and the timeouts of the real one. Whatever the settings and an answer's headers let CloudFront keep, the stand-in keeps
 * and gives to everybody. The stand-in does not compress, and does not join requests for the same file.
 */
export async function startCloudFront({ port, certificate, settings, origins }: Options) {
  const distribution = makeDistribution(settings, origins);
  const open = new Set<ServerHttp2Session | Socket>();
  const versions = new Set<string>();
  const tls = { cert: certificate, key: certificate };
  const server = createSecureServer({ ...tls, ...protocol }, (request, response) => {
    versions.add(request.httpVersion);
    distribution.serve(request, response).catch(() => breakOff(response));
  });
  for (const event of ["session", "secureConnection"])
    server.on(event, (one: ServerHttp2Session | Socket) => {
      open.add(one);
      one.once("close", () => open.delete(one));
    });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `https://localhost:${port}`,
    /** The versions of HTTP in which requests have come, such as "2.0". */
    versions,
    async [Symbol.asyncDispose]() {
      for (const one of open) one.destroy();
      distribution[Symbol.dispose]();
      await new Promise((done) => server.close(done));
    },
  };
}

export type CloudFront = Awaited<ReturnType<typeof startCloudFront>>;
