import { database } from "./database.ts";
import { router } from "./router.ts";
import { authSecret } from "./secrets.ts";
import { devUrl, site } from "./site.ts";
import { syncEngine } from "./sync.ts";

// The build gets the links and the whole environment of whoever deploys. SST would keep both in the state, and show
// them in a diff, in the clear.
$util.runtime.registerStackTransformation(({ type, props, opts }) =>
  type === "command:local:Command"
    ? { props: { ...props, environment: $util.secret(props.environment) }, opts }
    : undefined,
);

/** The TanStack Start application on Lambda, streaming. */
export const web = new sst.aws.TanStackStart("Web", {
  path: "packages/web",
  link: [syncEngine, database, authSecret, site],
  router: router && { instance: router },
  buildCommand: "TRACER_BUILD=lambda npm run build",
  server: {
    // Electric holds a live request for 20 s, which is also the default here and in CloudFront: the idle poll would
    // lose that race. Sixty is the most that CloudFront waits for without a raised quota.
    timeout: "60 seconds",
    runtime: "nodejs24.x",
    // An open poll is paid for by memory and second; this is 40 % of what SST's default of 1 GB on x86 costs.
    architecture: "arm64",
    memory: "512 MB",
  },
  // SST does not know which of these files carry a hash in their name, and would have browsers ask again each time.
  assets: { fileOptions: [{ files: "assets/**", cacheControl: "public,max-age=31536000,immutable" }] },
  // SST's default lets pages of any other site read what the function answers.
  transform: {
    server: (server) => {
      server.url = $util
        .output(server.url)
        .apply((url) => ({ ...(typeof url === "object" && url), cors: false }));
    },
  },
  dev: { command: "npx vite dev --port 3000 --strictPort", url: devUrl },
});
