import "@tanstack/react-start/server-only";
import { account, passkey, session, user } from "@tracer/core/auth/auth.sql";
import { db } from "@tracer/core/drizzle/database";
import { eq } from "drizzle-orm";
import type { ShapePolicy } from "~/lib/electric-proxy";
import { callerOf } from "~/lib/server/auth/caller";
import { refusal, retryAfter } from "~/lib/server/http/refusal";
import { dataDownloads } from "~/lib/server/limits";
import { allShapes } from "~/lib/server/line/shape-routes";
import { takeAttempt } from "~/lib/server/load/buckets";
import { Overload, refuseOverload } from "~/lib/server/load/overload";
import { logFailure } from "~/lib/server/log-failure";
import { ownRows } from "~/lib/server/own-rows";
import { readPicture } from "~/lib/server/pictures/pictures";
import { uncacheable } from "~/lib/wire/caching";

/** The policies of the shapes whose rows are part of the data, by the names of the collections. */
export type PoliciesByName = () => Promise<ReadonlyMap<string, ShapePolicy>>;

/**
 * Serves all data of the signed-in person as a file of JSON: the person's rows in every table that has a shape, the
 * person's picture, where the person is signed in, and how the person signs in. The answer is streamed, so a person may have any number of rows.
 *
 * The tables come from the shape routes, so a table that the generator adds is part of the data at once. Hashes, tokens
 * and other columns that no browser may have are no part of the data.
 */
export function serveAccountData(policies: PoliciesByName = allShapes) {
  return async ({ request }: { request: Request }): Promise<Response> => {
    const caller = await callerOf(request, { fresh: true }).catch((error: unknown) => {
      logFailure("account data: the session could not be checked", error);
      return "unknown" as const;
    });
    if (caller === "unknown")
      return refusal(503, "Your sign-in cannot be checked at the moment.", retryAfter);
    if (!caller) return refusal(401, "Sign in to download your data.");
    // A download reads all rows of a person, so nobody makes the database read them on and on.
    const wait = await takeAttempt([{ key: `downloads:${caller.id}`, ...dataDownloads }]);
    if (wait !== undefined)
      return refuseOverload(request, new Overload("downloads", "client", wait), caller.id);
    const day = new Date().toISOString().slice(0, 10);
    return new Response(streamOf(documentOf(caller.id, await policies())), {
      headers: {
        "content-type": "application/json; charset=utf-8",
        "content-disposition": `attachment; filename="my-data-${day}.json"`,
        "cache-control": uncacheable,
      },
    });
  };
}

/** The pieces of the document. The person's rows in each table stand one to a line. */
async function* documentOf(
  userId: string,
  policies: ReadonlyMap<string, ShapePolicy>,
): AsyncGenerator<string> {
  yield `{\n"exportedAt": ${JSON.stringify(new Date())},\n`;
  yield `"picture": ${JSON.stringify(await pictureOf(userId))},\n`;
  yield `"sessions": ${JSON.stringify(await sessionsOf(userId))},\n`;
  yield `"signInMethods": ${JSON.stringify(await methodsOf(userId))},\n`;
  yield `"passkeys": ${JSON.stringify(await passkeysOf(userId))},\n"tables": {`;
  let isFirst = true;
  for (const [name, policy] of policies) {
    yield `${isFirst ? "" : ","}\n${JSON.stringify(name)}: [`;
    isFirst = false;
    let separator = "\n";
    for await (const rows of ownRows(policy, userId)) {
      yield separator + rows.map((row) => JSON.stringify(row, readable)).join(",\n");
      separator = ",\n";
    }
    yield "]";
  }
  yield "\n}\n}\n";
}

/** JSON has no integers of 64 bits. */
const readable = (_key: string, value: unknown) => (typeof value === "bigint" ? String(value) : value);

/** The uploaded picture that the person shows. JSON holds no bytes, so the picture is in base64. */
async function pictureOf(userId: string): Promise<{ type: string; base64: string } | null> {
  const [row] = await db.select({ image: user.image }).from(user).where(eq(user.id, userId));
  const picture = row?.image ? await readPicture(row.image) : undefined;
  return picture ? { type: picture.type, base64: Buffer.from(picture.bytes).toString("base64") } : null;
}

function sessionsOf(userId: string) {
  const { createdAt, updatedAt, expiresAt, ipAddress, userAgent } = session;
  return db
    .select({ createdAt, updatedAt, expiresAt, ipAddress, userAgent })
    .from(session)
    .where(eq(session.userId, userId));
}

function methodsOf(userId: string) {
  const { providerId, createdAt } = account;
  return db.select({ providerId, createdAt }).from(account).where(eq(account.userId, userId));
}

function passkeysOf(userId: string) {
  const { name, createdAt } = passkey;
  return db.select({ name, createdAt }).from(passkey).where(eq(passkey.userId, userId));
}

/** A body that reads the next piece only when the client has taken the last one. A failure breaks the answer off. */
function streamOf(pieces: AsyncGenerator<string>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await pieces.next();
        if (done) controller.close();
        else controller.enqueue(encoder.encode(value));
      } catch (error) {
        logFailure("account data", error);
        controller.error(error);
      }
    },
    cancel: () => void pieces.return(undefined),
  });
}
