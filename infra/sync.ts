import { electricSourceId, electricSourceSecret } from "./secrets.ts";

/** Electric Cloud. Its sources are made by hand: it has no provider that could make them from here. */
export const syncEngine = new sst.Linkable("SyncEngine", {
  properties: {
    url: "https://api.electric-sql.cloud",
    sourceId: electricSourceId.value,
    sourceSecret: electricSourceSecret.value,
  },
});
