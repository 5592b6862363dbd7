import * as z from "zod/mini";

const settings = z.object({ clientId: z.string(), clientSecret: z.string() });

/**
 * Reads the link of a provider, as better-auth wants it. A link whose values are empty stands for a provider that the
 * deployment does not use.
 *
 * @throws Error that names the link, when one of the two values is missing
 */
export function providerSettings(name: string, link: unknown) {
  const { data } = settings.safeParse(link);
  if (data?.clientId === "" && data.clientSecret === "") return undefined;
  if (!data?.clientId || !data.clientSecret)
    throw new Error(`Link ${name}: a provider needs both the id and the secret of a client.`);
  // A token from elsewhere must not open an account: the app has not asked for that token.
  return { ...data, disableIdTokenSignIn: true };
}
