import "@tanstack/react-start/server-only";
import { session, user } from "@tracer/core/auth/auth.sql";
import { db } from "@tracer/core/drizzle/database";
import { and, eq } from "drizzle-orm";
import { Resource } from "sst";
import { z } from "zod";
import { authLinks } from "~/lib/server/auth/auth-links";
import { callerOf } from "~/lib/server/auth/caller";
import { cookiePrefix } from "~/lib/server/auth/cookie-prefix";
import { expectRoomFor } from "~/lib/server/auth/hashing";
import {
  accountKey,
  type Device,
  type DeviceCookie,
  deviceOf,
  knowsAccount,
} from "~/lib/server/auth/known-device";
import { strangerTurns } from "~/lib/server/auth/stranger-turns";
import { addressHeader } from "~/lib/server/http/client-address";
import { accountGuesses, knownGuesses, networkGuesses } from "~/lib/server/limits";
import type { Bucket } from "~/lib/server/load/buckets";
import { type Network, networksOf, widestNetwork } from "~/lib/server/load/networks";

const { origin, secret } = authLinks(Resource.Site.url, Resource.AuthSecret.value);

/** The cookie that names a browser which has signed in before. */
export const deviceCookie: DeviceCookie = {
  secret,
  secure: origin.startsWith("https:"),
  name: origin.startsWith("https:") ? "__Host-tracer-device" : `${cookiePrefix(origin, secret)}.device`,
};

/** Who wants to prove who they are, as far as the limits need to know. */
export interface Proof {
  /** The lane in which the proof waits for its turn. */
  readonly lane: string;
  /** Whether the account has been signed in to from here before. */
  readonly known: boolean;
  /** What a wrong proof takes. Empty when a proof gives nobody a chance to guess, as at sign-up. */
  readonly buckets: readonly Bucket[];
  /** The account, and the browser as the cookie names it. Undefined when the request names no account. */
  readonly account?: string;
  readonly device?: Device | undefined;
}

/** The paths where a stranger names an account and proves it, or makes one. Each hashes a password. */
const strangerPaths = new Set(["/sign-in/email", "/sign-up/email", "/reset-password"]);

/** The paths where a signed-in user proves again who they are, by a password. */
const sessionPaths =
  /^\/(verify-password|change-password|change-email|account\/delete|two-factor\/(enable|disable|generate-backup-codes|get-totp-uri))$/;

const named = z.object({ email: z.string().max(1_000) });

/**
 * Finds out what a request to better-auth proves.
 *
 * @param path below `/api/auth`
 * @returns undefined when nothing is to be proved by a password
 * @throws Overload when too many strangers ask
 */
export async function proofOf(request: Request, path: string): Promise<Proof | undefined> {
  if (request.method !== "POST") return undefined;
  if (sessionPaths.test(path)) return proofOfUser(request, path);
  return strangerPaths.has(path) ? proofOfStranger(request, path) : undefined;
}

/** Whoever holds a session has attempts of their own, so that strangers cannot use them up. */
async function proofOfUser(request: Request, path: string): Promise<Proof | undefined> {
  const caller = await callerOf(request);
  // better-auth answers that nobody is signed in, and hashes nothing.
  if (!caller) return undefined;
  const buckets = [{ key: `user:${caller.id}|${path}`, ...knownGuesses }];
  return { lane: caller.id, known: true, buckets };
}

async function proofOfStranger(request: Request, path: string): Promise<Proof> {
  const address = request.headers.get(addressHeader) ?? undefined;
  const lane = widestNetwork(address);
  const networks = networksOf(address);
  const sent = named.safeParse(
    await request
      .clone()
      .json()
      .catch(() => undefined),
  );
  if (!sent.success) return { lane, known: false, buckets: [] };
  const account = accountKey(sent.data.email, deviceCookie);
  const device = deviceOf(request.headers.get("cookie"), deviceCookie);
  if (path !== "/sign-in/email") return { lane, known: false, buckets: [], account, device };
  const place = await knownPlace(sent.data.email, account, networks[0], lane, device);
  if (place === undefined)
    return { lane, known: false, buckets: strangersBuckets(networks, account, path), account, device };
  return { lane: account, known: true, buckets: [{ key: place, ...knownGuesses }], account, device };
}

function strangersBuckets(networks: readonly Network[], account: string, path: string): Bucket[] {
  const ofNetworks = networks.map(({ name, size }) => ({
    key: `${name}|${path}`,
    attempts: networkGuesses.attempts * size,
    comesBack: networkGuesses.comesBack / size,
  }));
  return [...ofNetworks, { key: `account:${account}`, ...accountGuesses }];
}

/**
 * Names the place from which the account has been signed in to before: the browser, or else the network of one of the
 * account's sessions. Undefined when there is none.
 */
async function knownPlace(
  email: string,
  account: string,
  { name: network }: Network,
  lane: string,
  device: Device | undefined,
): Promise<string | undefined> {
  if (device && knowsAccount(device, account, deviceCookie)) return `device:${device.id}|${account}`;
  expectRoomFor(lane);
  const [found] = await strangerTurns.run(network, () =>
    db
      .select({ id: session.id })
      .from(session)
      .innerJoin(user, eq(user.id, session.userId))
      // better-auth keeps addresses of people in lower case.
      .where(and(eq(user.email, email.toLowerCase()), eq(session.ipAddress, network)))
      .limit(1),
  );
  return found && `network:${network}|${account}`;
}
