import { readFileSync } from "node:fs";

/** Pictures that Chromium has encoded, of 48 × 32 pixels; the large ones have a side of 513 pixels. */
export type PictureFile =
  | "lossy.webp"
  | "lossless.webp"
  | "transparent.webp"
  | "large.webp"
  | "plain.jpg"
  | "large.jpg"
  | "plain.png";

/** Reads a picture that lies beside this file. */
export function pictureFile(name: PictureFile): Buffer<ArrayBuffer> {
  return Buffer.from(readFileSync(new URL(name, import.meta.url)));
}

/** Puts a segment into a JPEG file, behind the start of the picture. */
export function withSegment(jpeg: Buffer, marker: number, content: string): Buffer<ArrayBuffer> {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(content.length + 2, 2);
  return Buffer.concat([jpeg.subarray(0, 2), head, Buffer.from(content, "latin1"), jpeg.subarray(2)]);
}

/** Adds a chunk at the end of a WebP file. */
export function withChunk(webp: Buffer, name: string, content: string): Buffer<ArrayBuffer> {
  const head = Buffer.alloc(8);
  head.write(name, "latin1");
  head.writeUInt32LE(content.length, 4);
  const padding = Buffer.alloc(content.length % 2);
  const whole = Buffer.concat([webp, head, Buffer.from(content, "latin1"), padding]);
  whole.writeUInt32LE(whole.length - 8, 4);
  return whole;
}
