import type { RolePasswords } from "@tracer/core/drizzle/roles";
import type { MailPlace, ProviderClient } from "@tracer/local/app-links";

/** What a container is told by plain environment variables, where no SST sets the links. */
export interface Settings {
  /** Postgres, with the rights of the app alone. */
  readonly databaseUrl: string;
  /** Electric's address, without a slash at the end. */
  readonly electricUrl: string;
  /** Empty for an Electric that asks for none. */
  readonly electricSecret: string;
  /** The source at Electric Cloud. Empty for an Electric of your own. */
  readonly electricSourceId: string;
  /** Signs the cookies of sessions. */
  readonly authSecret: string;
  /** The origin under which people reach the app. */
  readonly siteUrl: string;
  /** Where the app keeps pictures: a folder, which the image names, or a bucket. */
  readonly picturesUrl: string;
  /** How the app sends mail. Undefined when no mail server is set. */
  readonly mail: MailPlace | undefined;
  /** The client at each provider. Undefined when nobody signs in there. */
  readonly google: ProviderClient | undefined;
  readonly github: ProviderClient | undefined;
  /** The request header in which the proxy before the container names the client. Undefined when none is believed. */
  readonly clientAddressHeader: string | undefined;
}

/** The addresses and passwords with which a database is prepared. */
export interface Preparation {
  /** A direct connection of a role that may create roles. */
  readonly adminUrl: string;
  /** The passwords of the three roles that {@link makeRoles} makes. */
  readonly passwords: RolePasswords & { readonly owner: string };
  /** The id of Electric's replication stream. */
  readonly streamId: string;
}

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Settings are missing or wrong. The message names all of them, one a line, and no values: a value may be a secret. */
export class SettingsError extends Error {
  override name = "SettingsError";
}

const postgres = ["postgres:", "postgresql:"];
const http = ["http:", "https:"];
const smtp = ["smtp:", "smtps:"];
const stores = ["file:", "s3:"];
const shortestSecret = 32;

/**
 * Reads the settings of the app. An empty variable counts as absent.
 *
 * @throws SettingsError
 */
export function readSettings(environment: Environment): Settings {
  const { text, url, secret, finish } = reader(environment);
  return finish({
    databaseUrl: url("DATABASE_URL", postgres),
    electricUrl: url("ELECTRIC_URL", http).replace(/\/+$/, ""),
    electricSecret: text("ELECTRIC_SECRET", ""),
    electricSourceId: text("ELECTRIC_SOURCE_ID", ""),
    authSecret: secret("AUTH_SECRET"),
    siteUrl: originOf(url("SITE_URL", http)),
    picturesUrl: url("PICTURES_URL", stores),
    mail: environment.MAIL_URL ? readMail(environment, { text, url }) : undefined,
    google: readClient("GOOGLE", environment, text),
    github: readClient("GITHUB", environment, text),
    clientAddressHeader: environment.CLIENT_ADDRESS_HEADER || undefined,
  });
}

/** With mail, an address has to be confirmed unless the settings say otherwise. */
function readMail(
  { MAIL_VERIFICATION }: Environment,
  { text, url }: Pick<ReturnType<typeof reader>, "text" | "url">,
): MailPlace {
  return {
    url: url("MAIL_URL", smtp),
    from: text("MAIL_FROM"),
    verification: MAIL_VERIFICATION === "asked" ? "asked" : "required",
  };
}

/** A client has an id and a secret. Whoever sets one of the two has to set both. */
function readClient(
  provider: "GOOGLE" | "GITHUB",
  environment: Environment,
  text: (name: string) => string,
): ProviderClient | undefined {
  const names = { clientId: `${provider}_CLIENT_ID`, clientSecret: `${provider}_CLIENT_SECRET` };
  if (!environment[names.clientId] && !environment[names.clientSecret]) return undefined;
  return { clientId: text(names.clientId), clientSecret: text(names.clientSecret) };
}

/**
 * Reads what `prepare` needs. An empty variable counts as absent.
 *
 * @throws SettingsError
 */
export function readPreparation(environment: Environment): Preparation {
  const { text, url, finish } = reader(environment);
  return finish({
    adminUrl: url("ADMIN_DATABASE_URL", postgres),
    passwords: {
      owner: text("OWNER_PASSWORD"),
      app: text("APP_PASSWORD"),
      electric: text("ELECTRIC_PASSWORD"),
    },
    streamId: readStreamId(environment),
  });
}

/** Reads the variable by which Electric itself knows the id of its replication stream. */
export function readStreamId(environment: Environment): string {
  return environment.ELECTRIC_REPLICATION_STREAM_ID || "default";
}

/** Reads variables and collects what is wrong with them, so that a person sees all mistakes at once. */
function reader(environment: Environment) {
  const mistakes: string[] = [];
  const text = (name: string, otherwise?: string): string => {
    const value = environment[name] || otherwise;
    if (value === undefined) mistakes.push(`${name} is not set.`);
    return value ?? "";
  };
  return {
    text,
    url(name: string, protocols: readonly string[]): string {
      const value = text(name);
      if (value !== "" && !protocols.includes(URL.parse(value)?.protocol ?? ""))
        mistakes.push(`${name} is not a URL that begins with ${protocols.join("// or ")}//.`);
      return value;
    },
    secret(name: string): string {
      const value = text(name);
      if (value !== "" && value.length < shortestSecret)
        mistakes.push(`${name} has fewer than ${shortestSecret} characters.`);
      return value;
    },
    finish<Read>(read: Read): Read {
      if (mistakes.length > 0) throw new SettingsError(mistakes.join("\n"));
      return read;
    },
  };
}

function originOf(url: string): string {
  return URL.parse(url)?.origin ?? url;
}
