import { fileURLToPath } from "node:url";
import tailwindcss from "@tailwindcss/vite";
import { tanstackStart } from "@tanstack/react-start/plugin/vite";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";
import { rowForm } from "./row-form.ts";
import { everyAnswer, noPagePolicy } from "./src/lib/server/http/every-answer.ts";

export default defineConfig(({ command }) => ({
  resolve: { tsconfigPaths: true },
  define: {
    // For how long a line may be held: a function's time is bounded.
    "import.meta.env.TRACER_BUILD": JSON.stringify(process.env.TRACER_BUILD ?? "node"),
    // When security.txt expires is counted from the build.
    "import.meta.env.TRACER_BUILT_AT": JSON.stringify(new Date().toISOString()),
    // Rows that the browser keeps are of no use to a build with other tables or other parsers.
    "import.meta.env.TRACER_ROW_FORM": JSON.stringify(rowForm()),
    // The app reads no environment, so the level of the log is chosen with the build.
    "import.meta.env.TRACER_LOG_LEVEL": JSON.stringify(process.env.TRACER_LOG_LEVEL ?? "info"),
  },
  server: { strictPort: true },
  build: {
    rolldownOptions: {
      // Rolldown warns of every "use client" in a library. The directive has no effect here, but fills the screen.
      onLog: (level, log, report) => log.code !== "MODULE_LEVEL_DIRECTIVE" && report(level, log),
    },
  },
  environments: {
    // While one module of the server runs, Vite transforms those that the module imports.
    ssr: { dev: { preTransformRequests: true } },
    client: {
      build: {
        rolldownOptions: {
          output: { codeSplitting: { groups: [frame, smallParts] } },
        },
      },
    },
  },
  plugins: [
    tailwindcss(),
    tanstackStart({
      // In development Start would parse every module for this check and only warn. The linter and the build refuse.
      importProtection: { enabled: command === "build" },
      // The page links its stylesheet by itself.
      dev: { ssrStyles: { enabled: false } },
      // Prettier would format the tree at every start, before Start finds that the file has not changed.
      router: { enableRouteTreeFormatting: false },
    }),
    // In development nitro's proxy keeps the long poll of a closed tab open for ever. The build passes aborts on.
    command === "build" ? nitroForTarget() : undefined,
    // Browsers speak HTTP/2 over TLS alone. HTTP/1.1 allows six connections to an origin, so six open tabs.
    process.env.TRACER_HTTPS === "1" ? selfSigned() : undefined,
    command === "build" ? silentDebug : undefined,
    command === "build" ? laterServerFunctions : undefined,
    react(),
  ],
}));

/**
 * Builds for Lambda when SST asks for Lambda, and for Node otherwise. Nitro is loaded for a build alone: a start of the
 * development server does without.
 */
async function nitroForTarget() {
  const { nitro } = await import("nitro/vite");
  const target = process.env.TRACER_BUILD === "lambda" ? lambda : node;
  const output = { dir: process.env.TRACER_OUTPUT ?? ".output" };
  return nitro({ ...target, output, publicAssets, errorHandler: "./src/error-answer.ts", routeRules });
}

async function selfSigned() {
  const { default: basicSsl } = await import("@vitejs/plugin-basic-ssl");
  return basicSsl();
}

/**
 * What every page begins with: the entry, and all that the entry imports. In one file this is four kilobytes less than in
 * seven, because each file is compressed alone and repeats what it imports.
 */
const frame = { name: "frame", priority: 1, tags: ["$initial" as const] };

/**
 * Small parts of almost every page beside the first one. As one file they are half a kilobyte less on the profile: each
 * file repeats what it imports, and every page lists all files.
 */
const smallParts = {
  name: "small-parts",
  test: /\/src\/(components\/(ui\/(alert|badge|card)|auth\/ask-auth)|lib\/(session\/unsaved|sync\/kept\/kept-for))\./,
};

/** Leaves the package `debug` out of what browsers load: one and a half kilobytes of every page that syncs. */
const silentDebug: Plugin = {
  name: "tracer:silent-debug",
  enforce: "pre",
  applyToEnvironment: ({ name }) => name === "client",
  resolveId: (id) =>
    id === "debug" ? fileURLToPath(new URL("src/lib/sync/silent-debug.ts", import.meta.url)) : undefined,
};

const fetcherImport = 'import { serverFnFetcher } from "./serverFnFetcher.js";';

/** Loads the browser's part of Start's server functions after the page: ten kilobytes of every page. */
const laterServerFunctions: Plugin = {
  name: "tracer:later-server-functions",
  applyToEnvironment: ({ name }) => name === "client",
  transform: {
    filter: { id: /\/start-client-core\/dist\/esm\/client-rpc\/createClientRpc\.js$/ },
    handler(code) {
      if (!code.includes(fetcherImport))
        this.error("Start calls server functions in another way than before.");
      const own = fileURLToPath(new URL("src/lib/later-server-functions.ts", import.meta.url));
      return code.replace(
        fetcherImport,
        `import { laterServerFunctions } from ${JSON.stringify(own)};
const serverFnFetcher = laterServerFunctions(() => import("./serverFnFetcher.js"));`,
      );
    },
  },
};

const lambda = { preset: "aws-lambda", awsLambda: { streaming: true } } as const;
const node = { preset: "node-server", compressPublicAssets: { gzip: true, brotli: true } } as const;

/**
 * Nitro lets caches keep what is below `/assets` for a year. Without this entry, whose folder is empty, that would hold
 * for the answer "not found" as well, which a browser can get while a new version is being deployed.
 */
const publicAssets = [{ baseURL: "/assets", dir: "no-assets-of-nitro", fallthrough: false }];

/** A file is no page. The app makes the policy of every other answer. */
const file = { headers: { "content-security-policy": noPagePolicy } };

const routeRules = {
  "/**": { headers: everyAnswer },
  "/assets/**": file,
  "/.well-known/**": file,
  "/favicon.svg": file,
  "/robots.txt": file,
};
