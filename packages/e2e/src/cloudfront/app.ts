import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type App, type AppOptions, startApp } from "@tracer/local/app";
import { quietPort } from "@tracer/local/ports";
import { startStack } from "@tracer/local/stack";
import { startWeb } from "@tracer/local/web";
import { loadLambda } from "../lambda.ts";
import { startBucket } from "./bucket.ts";
import { ownCertificate } from "./certificate.ts";
import { startCloudFront } from "./cloudfront.ts";
import { functionHost, startFunctionUrl } from "./function-url.ts";
import type { Origin } from "./origin.ts";
import { functionSettings, type Settings, serviceSettings } from "./settings.ts";

/** The `host` that requests to the containers carry. */
const containersHost = "internal-balancer.us-east-1.elb.amazonaws.com";

/**
 * Starts the production build on a stack of its own, behind a stand-in for CloudFront. The Node build serves the pages too,
 * which Lambda serves in the cloud.
 *
 * @returns the app, whose `url` is that of the stand-in, with what a test may change: the ports of the containers
 */
export async function startAppBehindCloudFront({
  settings = serviceSettings,
  ...options
}: { settings?: Settings } & Pick<AppOptions, "report"> = {}) {
  await using opened = new AsyncDisposableStack();
  const dataDir = await mkdtemp(join(tmpdir(), "tracer-e2e-cloudfront-"));
  opened.defer(() => rm(dataDir, { recursive: true, force: true }));
  const certificate = await ownCertificate();
  const [port, firstPort] = [await quietPort(), await quietPort()];
  const siteUrl = `https://localhost:${port}`;
  const { clientAddressHeader } = settings;
  const setting = { mode: "built", dataDir, fsync: false, siteUrl, clientAddressHeader } as const;
  const app = opened.use(await startApp({ ...setting, ...options, port: firstPort }));
  const ports = [firstPort];
  const containers = { host: containersHost, ports: () => ports };
  const standIn = { certificate, settings, origins: { site: () => containers, api: containers } };
  const cloudFront = opened.use(await startCloudFront({ ...standIn, port }));
  const closing = opened.move();
  const close = () => closing.disposeAsync();
  return {
    ...app,
    url: cloudFront.url,
    cloudFront,
    /** Starts another distribution before the same app, at an address of its own. */
    async openDistribution(other: { settings: Settings; origin?: Origin }) {
      const origins = { site: () => other.origin ?? containers, api: other.origin ?? containers };
      return startCloudFront({ certificate, settings: other.settings, origins, port: await quietPort() });
    },
    containers,
    /** Starts one more container, which takes its share of the requests. */
    async startContainer() {
      const port = await quietPort();
      const web = await startWeb({ mode: "built", port, https: false, env: app.stack.links() });
      ports.push(port);
      closing.defer(() => web.stop());
      return web;
    },
    close,
    [Symbol.asyncDispose]: close,
  } satisfies App & Record<string, unknown>;
}

export type AppBehindCloudFront = Awaited<ReturnType<typeof startAppBehindCloudFront>>;

/**
 * Builds the app for Lambda, and starts the build on a stack of its own behind a stand-in for CloudFront: files come from a
 * bucket, and all else from the function. The function runs in this process.
 */
export async function startLambdaBehindCloudFront() {
  await using opened = new AsyncDisposableStack();
  const dataDir = await mkdtemp(join(tmpdir(), "tracer-e2e-cloudfront-"));
  opened.defer(() => rm(dataDir, { recursive: true, force: true }));
  const [certificate, port] = [await ownCertificate(), await quietPort()];
  const { clientAddressHeader } = functionSettings;
  const siteUrl = `https://localhost:${port}`;
  const stack = opened.use(await startStack({ dataDir, fsync: false, siteUrl, clientAddressHeader }));
  const lambda = await loadLambda(stack.links());
  opened.defer(() => rm(lambda.output, { recursive: true, force: true }));
  const bucket = opened.use(await startBucket(join(lambda.output, "public")));
  const functionUrl = opened.use(await startFunctionUrl(lambda));
  const files = { host: "bucket.s3.us-east-1.amazonaws.com", ports: () => [bucket.port] };
  const api = { host: functionHost, ports: () => [functionUrl.port] };
  const origins = { api, site: (path: string) => (bucket.has(path) ? files : api) };
  const cloudFront = opened.use(
    await startCloudFront({ port, certificate, settings: functionSettings, origins }),
  );
  const closing = opened.move();
  return { url: cloudFront.url, cloudFront, stack, [Symbol.asyncDispose]: () => closing.disposeAsync() };
}
