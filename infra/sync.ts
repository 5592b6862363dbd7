import { electricSourceId, electricSourceSecret } from "./secrets.ts";

/** Electric Cloud. A person makes the source by hand, because Electric Cloud has no Pulumi provider. */
export const syncEngine = new sst.Linkable("SyncEngine", {
  properties: {
    url: "https://api.electric-sql.cloud",
    sourceId: electricSourceId.value,
    sourceSecret: electricSourceSecret.value,
  },
});
