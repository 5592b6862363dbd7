import { database } from "./database.ts";
import { mail } from "./mail.ts";
import { migration } from "./migration.ts";
import { pictures } from "./pictures.ts";
import { providers } from "./providers.ts";
import { router } from "./router.ts";
import { authSecret } from "./secrets.ts";
import { devUrl, site } from "./site.ts";
import { syncEngine } from "./sync.ts";

// The build gets the links and the whole environment of the person who deploys. Without this, SST would store both in
// its state and show them in a diff as plain text.
$util.runtime.registerStackTransformation(({ type, props, opts }) =>
  type === "command:local:Command"
    ? { props: { ...props, environment: $util.secret(props.environment) }, opts }
    : undefined,
);

const app: sst.aws.TanStackStartArgs = {
  path: "packages/web",
  link: [syncEngine, database, authSecret, site, pictures, ...(mail ? [mail] : []), ...providers.values()],
  router: router && { instance: router },
  buildCommand: "TRACER_BUILD=lambda npm run build",
  server: {
    // Electric holds a live request for 20 s. The default timeout here and in CloudFront is 20 s as well, so an idle
    // poll would time out just before Electric answers. CloudFront waits for at most 60 s without a raised quota.
    timeout: "60 seconds",
    runtime: "nodejs24.x",
    // An open poll is billed by memory and time. This size costs 40 % of SST's default, 1 GB on x86.
    architecture: "arm64",
    memory: "512 MB",
  },
  // These files carry a hash in their names, which SST does not know: by default browsers would ask for them each time.
  assets: { fileOptions: [{ files: "assets/**", cacheControl: "public,max-age=31536000,immutable" }] },
  // By default SST lets the pages of any site read the function's answers.
  transform: {
    server: (server) => {
      server.url = $util
        .output(server.url)
        .apply((url) => ({ ...(typeof url === "object" && url), cors: false }));
    },
  },
  dev: { command: "npx vite dev --port 3000 --strictPort", url: devUrl },
};

/** The TanStack Start application on Lambda, streaming. */
export const web = new sst.aws.TanStackStart("Web", app, { dependsOn: [migration] });
