import "@tanstack/react-start/server-only";
import { session, user } from "@tracer/core/auth/auth.sql";
import { db } from "@tracer/core/drizzle/database";
import { and, eq } from "drizzle-orm";
import { Resource } from "sst";
import { z } from "zod";
import { auth } from "~/lib/server/auth/auth";
import { authLinks } from "~/lib/server/auth/auth-links";
import { personBetweenSteps } from "~/lib/server/auth/between-steps";
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
import { accountGuesses, codeGuesses, knownGuesses, networkGuesses } from "~/lib/server/limits";
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
  /^\/(verify-password|change-password|change-email|account\/delete|account\/set-password|two-factor\/(enable|disable|generate-backup-codes))$/;

/** The paths where a person shows a code: between the two steps of a sign-in, or signed in. */
const codePaths = new Set(["/two-factor/verify-totp", "/two-factor/verify-backup-code"]);

const named = z.object({ email: z.string().max(1_000) });

/**
 * Finds out what a request to better-auth proves.
 *
 * @param path below `/api/auth`
 * @returns undefined when nothing is to be proved, or nobody is there to prove it
 * @throws Overload when too many strangers ask
 */
export async function proofOf(request: Request, path: string): Promise<Proof | undefined> {
  if (request.method !== "POST") return undefined;
  if (sessionPaths.test(path)) return proofOfUser(request, path);
  if (codePaths.has(path)) return (await proofOfUser(request, path)) ?? proofByCode(request);
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

/**
 * Whoever shows a code has given the password. A device that has signed in to the account before has guesses of its own,
 * so that somebody else who knows the password cannot use them up.
 */
async function proofByCode(request: Request): Promise<Proof | undefined> {
  const address = request.headers.get(addressHeader) ?? undefined;
  const networks = networksOf(address);
  const context = await auth.$context;
  const person = await strangerTurns.run(networks[0].name, () =>
    personBetweenSteps(context, request.headers),
  );
  if (!person) return undefined;
  const account = accountKey(person.email, deviceCookie);
  const device = deviceOf(request.headers.get("cookie"), deviceCookie);
  const known = device !== undefined && knowsAccount(device, account, deviceCookie);
  const buckets = known
    ? [{ key: `device:${device.id}|${account}|code`, ...knownGuesses }]
    : [...bucketsOf(networks, "code"), { key: `account:${account}|code`, ...codeGuesses }];
  return { lane: known ? account : widestNetwork(address), known, buckets, account, device };
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
  const ofStrangers = [...bucketsOf(networks, path), { key: `account:${account}`, ...accountGuesses }];
  if (place === undefined) return { lane, known: false, buckets: ofStrangers, account, device };
  return { lane: account, known: true, buckets: [{ key: place, ...knownGuesses }], account, device };
}

/** What all strangers in the networks may guess. */
function bucketsOf(networks: readonly Network[], what: string): Bucket[] {
  return networks.map(({ name, size }) => ({
    key: `${name}|${what}`,
    attempts: networkGuesses.attempts * size,
    comesBack: networkGuesses.comesBack / size,
  }));
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
