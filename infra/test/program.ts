// This program runs in a process of its own, bundled with SST's platform. It registers the resources of sst.config.ts
// with a stand-in for Pulumi's engine and prints each resource as a line of JSON.
import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { run } from "../../.sst/platform/src/auto/run";
import * as components from "../../.sst/platform/src/components";
import config from "../../sst.config";
import type { Registered } from "./dry-run.ts";
import { answer, computed } from "./fake-cloud.ts";

// The signature by which Pulumi marks a secret.
const secretSignature = "4dabf18193072939515e22adb298388d";

// SST defines these globals. Their packages lie beside its platform.
const platform = createRequire(`${$cli.paths.platform}/package.json`);
Object.assign(globalThis, {
  sst: components,
  aws: platform("@pulumi/aws"),
  command: platform("@pulumi/command"),
  neon: platform("@sst-provider/neon"),
});

// A stand-in for SST's binary, which provides a bucket for assets (`asset`) and packs functions (the other fields).
// Every call gets all fields and reads those that it needs.
const built = {
  errors: [],
  handler: "index.handler",
  out: `${$cli.paths.root}/packages/web/.output/server`,
  sourcemaps: [],
};
const binary = createServer((_request, response) => {
  response.end(JSON.stringify({ result: { asset: "assets-of-sst", ...built } }));
}).listen(0, "127.0.0.1");
await new Promise((listening) => binary.once("listening", listening));
process.env.SST_SERVER = `http://127.0.0.1:${(binary.address() as AddressInfo).port}`;

// SST puts these settings of the app into its globals before the program runs.
const { removal, protect, ...app } = await config.app({ stage: $app.stage });
Object.assign($app, { removal, protect });
print({ type: "app", name: $app.name, inputs: { removal, protect, ...app }, secret: [] });

/** The resources that stay when the stage is removed, by type and name. */
const retained = new Set<string>();
await $util.runtime.setMocks(
  {
    newResource: ({ type, name, inputs, id }) => {
      const registered = { type, name, ...revealed(inputs), retained: retained.has(`${type} ${name}`) };
      print(registered);
      if (name === process.env.DRY_RUN_FAILS) throw new Error(`The fake cloud fails to make ${name}.`);
      return { id: id || `${name}-id`, state: { ...registered.inputs, ...computed(type, name) } };
    },
    call: ({ token, inputs }) => answer(token, inputs),
  },
  $app.name,
  $app.stage,
);

await $util.runtime.runInPulumiStack(async () => {
  const outputs = await run(() => {
    // SST's own transformation comes first, which retains what the setting `removal` says.
    $util.runtime.registerStackTransformation(({ type, name, opts }) => {
      if (opts.retainOnDelete) retained.add(`${type} ${name}`);
      return undefined;
    });
    return config.run();
  });
  for (const [name, value] of Object.entries(outputs)) {
    const secret = (await $util.isSecret($util.output(value))) ? ["value"] : [];
    $util.output(value).apply((plain) => print({ type: "output", name, inputs: { value: plain }, secret }));
  }
});
await $util.runtime.disconnect();
binary.close();

function print(line: Registered) {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

/** Replaces the secrets in the inputs by their values, and lists their paths. */
function revealed(inputs: Record<string, unknown>): Pick<Registered, "inputs" | "secret"> {
  const secret: string[] = [];
  const open = (value: unknown, path: string): unknown => {
    if (Array.isArray(value)) return value.map((item, index) => open(item, `${path}.${index}`));
    if (typeof value !== "object" || value === null) return value;
    if (secretSignature in value && "value" in value) {
      secret.push(path);
      return open(value.value, path);
    }
    return openAll(value, path);
  };
  const openAll = (object: object, path: string) =>
    Object.fromEntries(
      Object.entries(object).map(([key, item]) => [key, open(item, path ? `${path}.${key}` : key)]),
    );
  return { inputs: openAll(inputs, ""), secret };
}
