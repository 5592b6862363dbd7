import { clientAddressHeader, router } from "./router.ts";

/** Where `sst dev` serves the application. */
export const devUrl = "http://localhost:3000";

/**
 * The public origin of the application: the base URL of better-auth, and the only Origin that may write. Beside it stands
 * the header in which CloudFront names the client. Nobody else can write the header, since nobody reaches the function or
 * the containers but CloudFront.
 */
export const site = new sst.Linkable("Site", {
  properties: {
    url: router ? router.url : devUrl,
    clientAddressHeader: router ? clientAddressHeader : "",
  },
});
