import type { Settings } from "./settings.ts";

/**
 * Turns settings into the links that SST would set, so that the app finds its services in the one way that it knows.
 *
 * @param gatewayUrl the address of the WebSocket gateway that leads to the database of the settings
 * @returns the SST_RESOURCE_* variables
 */
export function linksFor(settings: Settings, gatewayUrl: string): Record<string, string> {
  const links = {
    App: { name: "tracer", stage: "container" },
    Database: { url: settings.databaseUrl, gateway: gatewayUrl },
    SyncEngine: {
      url: settings.electricUrl,
      sourceId: settings.electricSourceId,
      sourceSecret: settings.electricSecret,
    },
    AuthSecret: { value: settings.authSecret },
    Site: { url: settings.siteUrl },
  };
  return Object.fromEntries(
    Object.entries(links).map(([name, link]) => [`SST_RESOURCE_${name}`, JSON.stringify(link)]),
  );
}
