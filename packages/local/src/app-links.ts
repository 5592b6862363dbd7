/** The links of an app, as the SST_RESOURCE_* variables that SST would set. */
export type Links = Readonly<Record<string, string>>;

/** Where an app finds its services outside of SST. */
export interface Places {
  /** The name of the stage that the app believes to run in. */
  readonly stage: string;
  readonly databaseUrl: string;
  /** The address of the WebSocket gateway that leads to the database. */
  readonly gatewayUrl: string;
  readonly electricUrl: string;
  /** The source at Electric Cloud and its secret. Empty for an Electric that asks for none. */
  readonly electricSourceId: string;
  readonly electricSecret: string;
  /** Signs the cookies of sessions. */
  readonly authSecret: string;
  /** The origin under which people reach the app. */
  readonly siteUrl: string;
  /** Where the app keeps the pictures that people upload: `file:///folder`, or `s3://bucket?region=name`. */
  readonly picturesUrl: string;
  /** How the app sends mail. Without this link the app sends none. */
  readonly mail?: MailPlace | undefined;
  /** The client that is registered at each provider. Without one nobody signs in there. */
  readonly google?: ProviderClient | undefined;
  readonly github?: ProviderClient | undefined;
  /**
   * The request header in which a proxy before the app names the client. Default: none, so the client is whoever opens
   * the connection.
   */
  readonly clientAddressHeader?: string | undefined;
}

/** A client of the app at a provider such as Google, where people sign in. */
export interface ProviderClient {
  readonly clientId: string;
  readonly clientSecret: string;
}

export interface MailPlace {
  /** The SMTP server, with the name and the password for it. */
  readonly url: string;
  /** The sender of every mail. */
  readonly from: string;
  /** Whether a person can use an account before the person has confirmed the e-mail address. */
  readonly verification: "asked" | "required";
}

/** Writes the links that SST would set, so that the app finds its services in the one way that it knows. */
export function linksTo(places: Places): Links {
  const links = {
    App: { name: "tracer", stage: places.stage },
    Database: { url: places.databaseUrl, gateway: places.gatewayUrl },
    SyncEngine: {
      url: places.electricUrl,
      sourceId: places.electricSourceId,
      sourceSecret: places.electricSecret,
    },
    AuthSecret: { value: places.authSecret },
    Site: { url: places.siteUrl, clientAddressHeader: places.clientAddressHeader ?? "" },
    Pictures: { url: places.picturesUrl },
    ...(places.mail && { Mail: places.mail }),
    ...(places.google && { Google: places.google }),
    ...(places.github && { GitHub: places.github }),
  };
  return Object.fromEntries(
    Object.entries(links).map(([name, link]) => [`SST_RESOURCE_${name}`, JSON.stringify(link)]),
  );
}
