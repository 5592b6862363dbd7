import { providerNames } from "./stage.ts";

/** Where else people can sign in, by the names of the links. Empty when the stage names no provider. */
export const providers = new Map(providerNames.map((name) => [name, clientOf(name)]));

/** The client that a person has registered at a provider. A stage that names no provider needs no such secrets. */
function clientOf(name: "Google" | "GitHub") {
  const clientId = new sst.Secret(`${name}ClientId`);
  const clientSecret = new sst.Secret(`${name}ClientSecret`);
  return new sst.Linkable(name, {
    properties: { clientId: clientId.value, clientSecret: clientSecret.value },
  });
}
