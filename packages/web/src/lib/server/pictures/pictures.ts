import "@tanstack/react-start/server-only";
import { user } from "@tracer/core/auth/auth.sql";
import { uploadedPicture } from "@tracer/core/auth/picture-address";
import { db } from "@tracer/core/drizzle/database";
import { eq } from "drizzle-orm";
import { picturesPerUser } from "~/lib/server/limits";
import type { CleanPicture } from "~/lib/server/pictures/clean-picture";
import { openStore } from "~/lib/server/pictures/open-store";
import { picturesPlace } from "~/lib/server/pictures/picture-link";
import {
  addressOf,
  newPictureName,
  type PictureType,
  typeOfPicture,
} from "~/lib/server/pictures/picture-name";
import type { PictureStore } from "~/lib/server/pictures/picture-store";

let opened: Promise<PictureStore> | undefined;

/** The store of this deployment. Undefined when the deployment keeps no pictures. */
function store(): Promise<PictureStore> | undefined {
  if (!picturesPlace) return undefined;
  opened ??= openStore(picturesPlace);
  return opened;
}

/** A picture as the app keeps it. */
export interface KeptPicture {
  readonly type: PictureType;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/**
 * Keeps a new picture of a person. The person has a few pictures at most, because an upload whose edit never comes leaves a
 * picture that nobody shows: the oldest ones are deleted.
 *
 * @returns the address, for the person's row. Undefined when the deployment keeps no pictures
 * @throws when the store fails
 */
export async function keepPicture(
  userId: string,
  { type, bytes }: CleanPicture,
): Promise<string | undefined> {
  const pictures = await store();
  if (!pictures) return undefined;
  const name = newPictureName(type);
  await pictures.put(userId, name, bytes);
  const shown = await shownBy(userId);
  const others = (await pictures.list(userId)).filter((one) => one !== shown);
  await pictures.remove(userId, others.slice(0, -picturesPerUser));
  return addressOf(userId, name);
}

/**
 * Reads the picture at an address.
 *
 * @throws when the store fails
 */
export async function readPicture(address: string): Promise<KeptPicture | undefined> {
  const picture = uploadedPicture(address);
  const bytes = picture && (await (await store())?.get(picture.owner, picture.name));
  return bytes && { type: typeOfPicture(picture.name), bytes };
}

/** Deletes a picture, unless the row of the person shows the picture. @throws when the store fails */
export async function removeUnlessShown(userId: string, name: string): Promise<void> {
  if (name !== (await shownBy(userId))) await (await store())?.remove(userId, [name]);
}

/** Deletes all pictures of a person. @throws when the store fails */
export async function removeAllPictures(userId: string): Promise<void> {
  const pictures = await store();
  await pictures?.remove(userId, await pictures.list(userId));
}

/** Returns the name of the picture that the row of a person shows. */
async function shownBy(userId: string): Promise<string | undefined> {
  const [row] = await db.select({ image: user.image }).from(user).where(eq(user.id, userId));
  return row?.image ? uploadedPicture(row.image)?.name : undefined;
}
