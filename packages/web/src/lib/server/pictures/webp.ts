import { malformed, type ReadPicture } from "~/lib/server/pictures/picture-format";

// The container of WebP: https://developers.google.com/speed/webp/docs/riff_container.

/** A part of the file: its name of four characters, and its content. */
interface Chunk {
  readonly name: string;
  readonly data: DataView<ArrayBufferLike>;
}

/** What the app keeps of a file. A file with animation, or with chunks that the format does not know, is refused. */
const kept = ["VP8X", "ALPH", "VP8 ", "VP8L"];
const dropped = ["ICCP", "EXIF", "XMP "];

const animation = 0x02;
const alpha = 0x10;

/**
 * Reads a still WebP picture of either kind, lossy or lossless.
 *
 * @returns the size, and the file without metadata
 * @throws UnfitPicture
 */
export function cleanWebp(bytes: Uint8Array): ReadPicture {
  const chunks = chunksOf(bytes);
  if (chunks.some(({ name }) => !kept.includes(name) && !dropped.includes(name))) throw malformed();
  const [first, ...others] = chunks.filter(({ name }) => kept.includes(name));
  if (!first) throw malformed();
  if (first.name !== "VP8X") {
    if (chunks.length > 1) throw malformed();
    return { ...sizeOf(first), bytes: fileOf([first]) };
  }
  const image = others.at(-1);
  const isOrdered =
    others.length === 1 || (others.length === 2 && others[0]?.name === "ALPH" && image?.name === "VP8 ");
  if (!image || !isOrdered) throw malformed();
  const { canvas, flags } = extensionOf(first);
  const size = sizeOf(image);
  if ((flags & animation) !== 0 || canvas.width !== size.width || canvas.height !== size.height)
    throw malformed();
  return { ...size, bytes: fileOf([withFlags(first, flags & alpha), ...others]) };
}

function chunksOf(bytes: Uint8Array): Chunk[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.byteLength < 20 || nameAt(view, 0) !== "RIFF" || nameAt(view, 8) !== "WEBP") throw malformed();
  if (view.getUint32(4, true) + 8 !== bytes.byteLength) throw malformed();
  const chunks: Chunk[] = [];
  let at = 12;
  while (at < bytes.byteLength) {
    if (at + 8 > bytes.byteLength) throw malformed();
    const length = view.getUint32(at + 4, true);
    // A chunk of odd length is followed by a zero.
    const end = at + 8 + length + (length % 2);
    if (end > bytes.byteLength) throw malformed();
    chunks.push({
      name: nameAt(view, at),
      data: new DataView(bytes.buffer, bytes.byteOffset + at + 8, length),
    });
    at = end;
  }
  return chunks;
}

function nameAt(view: DataView, at: number): string {
  return String.fromCharCode(...[0, 1, 2, 3].map((offset) => view.getUint8(at + offset)));
}

/** The size that the picture itself has, which a decoder makes room for. */
function sizeOf({ name, data }: Chunk): { width: number; height: number } {
  if (name === "VP8 ") return lossySize(data);
  if (name === "VP8L") return losslessSize(data);
  throw malformed();
}

function lossySize(data: DataView): { width: number; height: number } {
  // The frame tag says that this is a key frame, and three fixed bytes begin such a frame.
  if (data.byteLength < 10 || (data.getUint8(0) & 1) !== 0) throw malformed();
  if (data.getUint8(3) !== 0x9d || data.getUint8(4) !== 0x01 || data.getUint8(5) !== 0x2a) throw malformed();
  return { width: data.getUint16(6, true) & 0x3fff, height: data.getUint16(8, true) & 0x3fff };
}

function losslessSize(data: DataView): { width: number; height: number } {
  if (data.byteLength < 5 || data.getUint8(0) !== 0x2f) throw malformed();
  const bits = data.getUint32(1, true);
  if (bits >>> 29 !== 0) throw malformed();
  return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
}

function extensionOf({ data }: Chunk) {
  if (data.byteLength !== 10) throw malformed();
  const canvas = { width: uint24(data, 4) + 1, height: uint24(data, 7) + 1 };
  return { flags: data.getUint8(0), canvas };
}

function uint24(data: DataView, at: number): number {
  return data.getUint16(at, true) | (data.getUint8(at + 2) << 16);
}

function withFlags({ name, data }: Chunk, flags: number): Chunk {
  const copy = new Uint8Array(bytesOf(data));
  copy[0] = flags;
  return { name, data: new DataView(copy.buffer) };
}

function bytesOf(data: DataView): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

function fileOf(chunks: readonly Chunk[]): Uint8Array {
  const parts = chunks.map(({ name, data }) =>
    Buffer.concat([
      Buffer.from(name),
      uint32(data.byteLength),
      bytesOf(data),
      Buffer.alloc(data.byteLength % 2),
    ]),
  );
  const body = Buffer.concat([Buffer.from("WEBP"), ...parts]);
  return Buffer.concat([Buffer.from("RIFF"), uint32(body.byteLength), body]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
