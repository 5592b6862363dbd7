import { malformed, type ReadPicture } from "~/lib/server/pictures/picture-format";

// The markers of JPEG: ITU-T T.81, table B.1, https://www.w3.org/Graphics/JPEG/itu-t81.pdf.

const startOfImage = 0xd8;
const endOfImage = 0xd9;
const startOfScan = 0xda;
const adobe = 0xee;
const comment = 0xfe;

/** Tables and the distance of restarts, without which a picture cannot be decoded. */
const tables = [0xc4, 0xdb, 0xdd];

/** The frames that every browser decodes: baseline, extended and progressive, with Huffman's code. */
const frames = [0xc0, 0xc1, 0xc2];

/** The segment by which decoders know the colours, without a preview and with square pixels. */
const jfif = Uint8Array.from([0xff, 0xe0, 0, 16, 0x4a, 0x46, 0x49, 0x46, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0]);

interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * Reads a JPEG picture.
 *
 * @returns the size, and the file without metadata, profiles, previews and comments
 * @throws UnfitPicture
 */
export function cleanJpeg(bytes: Uint8Array): ReadPicture {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (file.length < 4 || file[0] !== 0xff || file[1] !== startOfImage) throw malformed();
  const parts: Uint8Array[] = [file.subarray(0, 2)];
  let size: Size | undefined;
  let hasScan = false;
  let at = 2;
  for (;;) {
    const marker = markerAt(file, at);
    if (marker === endOfImage) {
      // What follows the end is no part of the picture.
      if (!size || !hasScan || at + 2 !== file.length) throw malformed();
      return { ...size, bytes: Buffer.concat([...parts, file.subarray(at)]) };
    }
    const end = endOfSegment(file, at);
    if (frames.includes(marker)) {
      if (size) throw malformed();
      size = sizeOf(file.subarray(at + 4, end));
    }
    const isScan = marker === startOfScan;
    if (isScan && !size) throw malformed();
    hasScan ||= isScan;
    const next = isScan ? endOfScan(file, end) : end;
    const part = kept(marker, file.subarray(at, next));
    // A file may hold several segments for applications, and needs one.
    if (part && !parts.includes(part)) parts.push(part);
    at = next;
  }
}

/** What the app keeps of a segment. Undefined for what no decoder needs. */
function kept(marker: number, segment: Buffer): Uint8Array | undefined {
  if (marker === startOfScan || tables.includes(marker) || frames.includes(marker)) return segment;
  if (marker === 0xe0) return segment.toString("latin1", 4, 9) === "JFIF\0" ? jfif : undefined;
  // Adobe's segment of this length says how the colours are coded, and nothing else.
  if (marker === adobe) return isColourTransform(segment) ? segment : undefined;
  if ((marker >= 0xe1 && marker <= 0xef) || marker === comment) return undefined;
  throw malformed();
}

function isColourTransform(segment: Buffer): boolean {
  return segment.length === 16 && segment.toString("latin1", 4, 9) === "Adobe";
}

function markerAt(file: Buffer, at: number): number {
  const marker = file[at + 1];
  if (file[at] !== 0xff || marker === undefined) throw malformed();
  return marker;
}

function endOfSegment(file: Buffer, at: number): number {
  if (at + 4 > file.length) throw malformed();
  const length = file.readUInt16BE(at + 2);
  const end = at + 2 + length;
  if (length < 2 || end > file.length) throw malformed();
  return end;
}

/** Goes through the coded picture. There 0xff is followed by a zero, or by the marker of a restart. */
function endOfScan(file: Buffer, from: number): number {
  let at = from;
  for (;;) {
    at = file.indexOf(0xff, at);
    const next = at === -1 ? undefined : file[at + 1];
    if (next === undefined) throw malformed();
    if (next !== 0 && (next < 0xd0 || next > 0xd7)) return at;
    at += 2;
  }
}

/** Reads the header of a frame: 8 bits for a colour, and grey or three colours. */
function sizeOf(frame: Buffer): Size {
  const components = frame[5];
  if (frame[0] !== 8 || (components !== 1 && components !== 3)) throw malformed();
  if (frame.length !== 6 + 3 * components) throw malformed();
  return { height: frame.readUInt16BE(1), width: frame.readUInt16BE(3) };
}
