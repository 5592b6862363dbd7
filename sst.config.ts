/// <reference path="./.sst/platform/config.d.ts" />

// SST evaluates this file before its globals exist, so `run` imports the files that use them.
export default $config({
  app(input) {
    const production = input.stage === "production";
    return {
      name: "tracer",
      home: "aws",
      removal: production ? "retain" : "remove",
      protect: production,
      // A preview of a pull request leaves neither its state nor its secrets behind.
      state: { purge: input.stage.startsWith("pr-") },
      providers: {
        // The versions that SST itself uses, pinned so that every machine deploys the same resources.
        aws: { version: "7.20.0", region: "us-east-1" },
        neon: "0.13.0",
        command: "1.0.1",
      },
    };
  },
  async run() {
    const { site } = await import("./infra/site.ts");
    await import("./infra/web.ts");
    await import("./infra/service.ts");
    await import("./infra/privileges.ts");
    await import("./infra/access-log.ts");
    await import("./infra/dashboard.ts");
    return { site: site.properties.url };
  },
});
