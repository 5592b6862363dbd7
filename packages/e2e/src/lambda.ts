import { execFileSync } from "node:child_process";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { fileURLToPath, pathToFileURL } from "node:url";

interface Answer {
  status: number;
  headers: Record<string, string>;
  cookies: string[];
  /** The body as a stream. Lambda destroys the stream when the client has gone. */
  body: PassThrough;
}

interface Prelude {
  statusCode: number;
  headers?: Record<string, string>;
  cookies?: string[];
}

type Handler = (event: object, stream: PassThrough, context: object) => Promise<void>;

const web = fileURLToPath(new URL("../../web", import.meta.url));

/**
 * Builds the web app for Lambda as SST does, and loads its handler into this process. The globals of Lambda's runtime
 * for streaming are in place before.
 *
 * @param links the SST_RESOURCE_* variables of the handler
 * @returns a function that sends requests, and the folder of the build
 */
export async function loadLambda(links: Record<string, string>) {
  const output = await mkdtemp(join(tmpdir(), "tracer-lambda-"));
  execFileSync("npx", ["vite", "build", "--logLevel", "error"], {
    cwd: web,
    env: { ...process.env, TRACER_BUILD: "lambda", TRACER_OUTPUT: output },
    stdio: ["ignore", "ignore", "inherit"],
  });
  Object.assign(process.env, links);
  const preludes = new WeakMap<PassThrough, (prelude: Prelude) => void>();
  Object.assign(globalThis, {
    awslambda: {
      streamifyResponse: (handler: Handler) => handler,
      HttpResponseStream: {
        from(stream: PassThrough, prelude: Prelude) {
          preludes.get(stream)?.(prelude);
          return stream;
        },
      },
    },
  });
  const { handler } = (await import(pathToFileURL(join(output, "server", "index.mjs")).href)) as {
    handler: Handler;
  };

  /** Sends a request as a function URL would. Gives the answer as soon as its head is written. */
  async function request(
    url: string,
    init: { method?: string; headers?: Record<string, string>; body?: string | Buffer } = {},
  ) {
    const { pathname, search, host } = new URL(url);
    const { cookie, ...headers } = init.headers ?? {};
    const body = new PassThrough();
    const started = new Promise<Prelude>((resolve) => preludes.set(body, resolve));
    const event = {
      version: "2.0",
      rawPath: pathname,
      rawQueryString: search.slice(1),
      headers: { host, ...headers },
      cookies: cookie?.split("; "),
      requestContext: {
        domainName: host,
        http: { method: init.method ?? "GET", path: pathname, sourceIp: "10.0.0.1" },
      },
      // A function URL passes on bytes in base64.
      body: typeof init.body === "object" ? init.body.toString("base64") : init.body,
      isBase64Encoded: typeof init.body === "object",
    };
    const done = handler(event, body, {});
    const prelude = await Promise.race([started, done.then(() => started)]);
    const answer: Answer = {
      status: prelude.statusCode,
      headers: prelude.headers ?? {},
      cookies: prelude.cookies ?? [],
      body,
    };
    return answer;
  }
  return { request, output };
}

/** Reads a whole body as text. */
export async function textOf(body: PassThrough): Promise<string> {
  return Buffer.concat(await body.toArray()).toString();
}
