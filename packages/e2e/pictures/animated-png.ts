import { crc32 } from "node:zlib";

/** One picture of a moving picture. */
export interface Frame {
  /** A PNG. All frames have one kind of pixels, as screenshots of one page have. */
  readonly png: Buffer;
  /** From where on the picture changes, in pixels from the top left corner. The first frame is the whole picture. */
  readonly from: { readonly x: number; readonly y: number };
  /** How long the frame is shown, in milliseconds. */
  readonly milliseconds: number;
}

interface Chunk {
  readonly type: string;
  readonly data: Buffer;
}

/**
 * Joins pictures into one moving picture that starts again at its end: an animated PNG, which browsers show as any
 * other picture. See https://www.w3.org/TR/png-3/#apng-frame-based-animation
 *
 * @throws Error when the frames are unlike in their kind of pixels
 */
export function animatedPng(frames: readonly Frame[]): Buffer {
  const [first] = frames;
  if (!first) throw new Error("A moving picture needs a frame.");
  const header = headerOf(first.png);
  let sequence = 0;
  const animation = frames.flatMap((frame, index) => {
    if (!kindOf(frame.png).equals(kindOf(first.png))) throw new Error(`Frame ${index} is unlike the first.`);
    const control = { type: "fcTL", data: frameControl(sequence++, frame) };
    const data = chunksOf(frame.png).filter(({ type }) => type === "IDAT");
    if (index === 0) return [control, ...data];
    return [
      control,
      ...data.map((chunk) => ({ type: "fdAT", data: Buffer.concat([number(sequence++), chunk.data]) })),
    ];
  });
  const length = { type: "acTL", data: Buffer.concat([number(frames.length), number(0)]) };
  const all = [header, length, ...animation, { type: "IEND", data: Buffer.alloc(0) }];
  return Buffer.concat([signature, ...all.map(written)]);
}

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** The size and the place of a frame, and for how long it is shown. A frame covers what was there. */
function frameControl(sequence: number, { png, from, milliseconds }: Frame): Buffer {
  const size = headerOf(png).data.subarray(0, 8);
  const delay = Buffer.alloc(6);
  delay.writeUInt16BE(milliseconds, 0);
  delay.writeUInt16BE(1000, 2);
  return Buffer.concat([number(sequence), size, number(from.x), number(from.y), delay]);
}

function headerOf(png: Buffer): Chunk {
  const header = chunksOf(png).find(({ type }) => type === "IHDR");
  if (!header) throw new Error("A frame is no PNG.");
  return header;
}

/** The depth and the kind of the pixels, which stand behind the size. */
function kindOf(png: Buffer): Buffer {
  return headerOf(png).data.subarray(8);
}

function chunksOf(png: Buffer): Chunk[] {
  const chunks: Chunk[] = [];
  for (let at = signature.length; at < png.length; ) {
    const length = png.readUInt32BE(at);
    const type = png.toString("latin1", at + 4, at + 8);
    chunks.push({ type, data: png.subarray(at + 8, at + 8 + length) });
    at += length + 12;
  }
  return chunks;
}

function written({ type, data }: Chunk): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  return Buffer.concat([number(data.length), body, number(crc32(body))]);
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
