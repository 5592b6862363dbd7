import "@tanstack/react-start/server-only";
import { seenDevice, type session, user } from "@tracer/core/auth/auth.sql";
import { db } from "@tracer/core/drizzle/database";
import { and, eq, ne } from "drizzle-orm";
import { Resource } from "sst";
import { forgotUrl } from "~/lib/server/auth/auth-mail";
import { type DeviceTraits, deviceKey } from "~/lib/server/auth/device-key";
import { logFailure } from "~/lib/server/log-failure";
import { mailLink } from "~/lib/server/mail/mail-link";
import { newDevice } from "~/lib/server/mail/messages";
import { post } from "~/lib/server/mail/post";

type Session = Pick<typeof session.$inferSelect, "userId"> & DeviceTraits;

/**
 * Writes to a person whose account was signed in to from a device that was not seen before. The first device of an
 * account is no news. A failure is logged, and hinders nobody from signing in.
 */
export async function noticeNewDevice(began: Session): Promise<void> {
  if (!mailLink) return;
  try {
    if (!(await isNews(began))) return;
    const [owner] = await db.select({ email: user.email }).from(user).where(eq(user.id, began.userId));
    if (owner) await post(owner.email, newDevice(new Date(), began.ipAddress || undefined, forgotUrl()));
  } catch (error) {
    logFailure("auth: a device could not be noted", error);
  }
}

/** Notes the device. Whether the device is new, and not the account's first one. */
async function isNews({ userId, ...traits }: Session): Promise<boolean> {
  const device = deviceKey(traits, Resource.AuthSecret.value);
  const noted = await db.insert(seenDevice).values({ userId, device }).onConflictDoNothing().returning();
  if (noted.length === 0) return false;
  const others = await db
    .select({ device: seenDevice.device })
    .from(seenDevice)
    .where(and(eq(seenDevice.userId, userId), ne(seenDevice.device, device)))
    .limit(1);
  return others.length > 0;
}
