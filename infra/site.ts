import { router } from "./router.ts";

/** Where `sst dev` serves the application. */
export const devUrl = "http://localhost:3000";

/** The public origin of the application: the base URL of better-auth, and the only Origin that may write. */
export const site = new sst.Linkable("Site", {
  properties: { url: router ? router.url : devUrl },
});
