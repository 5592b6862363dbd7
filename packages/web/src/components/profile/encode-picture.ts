import { longestPicture, pictureSide } from "~/lib/wire/picture";

/** The square of a picture that is kept, in pixels of the picture. */
export interface Square {
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

/** The types that the server takes, the smaller one first. Not every browser can write WebP. */
const types = ["image/webp", "image/jpeg"];

/** From a picture that looks like the original down to one that is small in any case. */
const qualities = [0.88, 0.75, 0.6, 0.4];

/** The square in the middle of a picture. */
export function middleOf({ naturalWidth, naturalHeight }: HTMLImageElement): Square {
  const width = Math.min(naturalWidth, naturalHeight);
  return { x: (naturalWidth - width) / 2, y: (naturalHeight - width) / 2, width };
}

/**
 * Writes a square of a picture as a new file of at most {@link pictureSide} pixels and {@link longestPicture} bytes. The
 * new file has only what the canvas holds, so nothing that a camera wrote into the old file.
 *
 * @throws Error when the browser cannot write such a file
 */
export async function encodePicture(image: HTMLImageElement, { x, y, width }: Square): Promise<Blob> {
  const side = Math.max(1, Math.min(pictureSide, Math.round(width)));
  const canvas = document.createElement("canvas");
  canvas.width = side;
  canvas.height = side;
  const context = canvas.getContext("2d");
  if (!context) throw new Error("The browser gave no canvas.");
  context.imageSmoothingQuality = "high";
  for (const type of types) {
    // JPEG knows no transparency, and would make transparent parts black.
    context.fillStyle = "white";
    if (type === "image/jpeg") context.fillRect(0, 0, side, side);
    context.drawImage(image, x, y, width, width, 0, 0, side, side);
    for (const quality of qualities) {
      const blob = await blobOf(canvas, type, quality);
      // A browser that cannot write the type writes PNG.
      if (blob?.type !== type) break;
      if (blob.size <= longestPicture) return blob;
    }
  }
  throw new Error("The browser wrote no picture that is small enough.");
}

function blobOf(canvas: HTMLCanvasElement, type: string, quality: number): Promise<Blob | null> {
  return new Promise((done) => canvas.toBlob(done, type, quality));
}
