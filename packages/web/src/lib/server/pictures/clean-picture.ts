import { cleanJpeg } from "~/lib/server/pictures/jpeg";
import { type ReadPicture, UnfitPicture } from "~/lib/server/pictures/picture-format";
import type { PictureType } from "~/lib/server/pictures/picture-name";
import { cleanWebp } from "~/lib/server/pictures/webp";
import { longestPicture, pictureSide } from "~/lib/wire/picture";

/** A picture without anything but the picture. */
export interface CleanPicture {
  readonly type: PictureType;
  readonly bytes: Uint8Array;
}

const readers: Readonly<Record<PictureType, (bytes: Uint8Array) => ReadPicture>> = {
  "image/webp": cleanWebp,
  "image/jpeg": cleanJpeg,
};

/**
 * Checks an uploaded picture by its bytes, and leaves out what the picture does not need: the place where a photograph was
 * taken, colour profiles, comments, previews. The picture itself is not decoded here.
 *
 * @param type the media type that the client claims
 * @throws UnfitPicture when the bytes are no picture of this type, or too many, or when the picture is larger than
 *   {@link pictureSide}
 */
export function cleanPicture(type: string, bytes: Uint8Array): CleanPicture {
  if (!isPictureType(type)) throw new UnfitPicture("Upload a picture of the type WebP or JPEG.", 415);
  if (bytes.byteLength > longestPicture)
    throw new UnfitPicture(`Upload a picture of at most ${longestPicture / 1024} KB.`, 413);
  const picture = readers[type](bytes);
  for (const side of [picture.width, picture.height]) {
    if (side < 1 || side > pictureSide)
      throw new UnfitPicture(`Upload a picture of at most ${pictureSide} × ${pictureSide} pixels.`);
  }
  return { type, bytes: picture.bytes };
}

function isPictureType(type: string): type is PictureType {
  return Object.hasOwn(readers, type);
}
