import fc from "fast-check";
import { expect, test } from "vitest";
import { type PictureFile, pictureFile, withChunk, withSegment } from "../../../../test/pictures/files";
import { cleanPicture } from "./clean-picture";
import { UnfitPicture } from "./picture-format";

const typeOf = (file: string) => (file.endsWith(".webp") ? "image/webp" : "image/jpeg");
const clean = (file: PictureFile) => Buffer.from(cleanPicture(typeOf(file), pictureFile(file)).bytes);
const refusalOf = (type: string, bytes: Uint8Array) => {
  try {
    cleanPicture(type, bytes);
  } catch (error) {
    if (error instanceof UnfitPicture) return { status: error.status, message: error.message };
    throw error;
  }
  return undefined;
};
const damaged = { status: 400, message: "This file is damaged, or is no picture." };

const sound = ["lossy.webp", "lossless.webp", "transparent.webp", "plain.jpg"] as const;

test.each(sound)("%s is kept without its colour profile, and needs no second cleaning", (file) => {
  expect(pictureFile(file).includes("mntrRGB")).toBe(true);
  const bytes = clean(file);
  expect(bytes.includes("mntrRGB")).toBe(false);
  expect(bytes.length).toBeGreaterThan(100);
  expect(Buffer.from(cleanPicture(typeOf(file), bytes).bytes).equals(bytes)).toBe(true);
});

test("the coded picture stays byte for byte", () => {
  const jpeg = pictureFile("plain.jpg");
  const tables = jpeg.indexOf(Buffer.from([0xff, 0xdb]));
  expect(
    clean("plain.jpg")
      .subarray(-(jpeg.length - tables))
      .equals(jpeg.subarray(tables)),
  ).toBe(true);
  const webp = pictureFile("lossy.webp");
  const image = webp.indexOf("VP8 ");
  expect(
    clean("lossy.webp")
      .subarray(-(webp.length - image))
      .equals(webp.subarray(image)),
  ).toBe(true);
});

test("where a photograph was taken, comments and previews are left out", () => {
  const jpeg = pictureFile("plain.jpg");
  for (const [marker, content] of [
    [0xe1, "Exif\0\0GPS 48.2 N"],
    [0xe1, "http://ns.adobe.com/xap/1.0/\0<GPS/>"],
    [0xed, "Photoshop 3.0\0GPS"],
    [0xfe, "GPS"],
    [0xe0, "JFXX\0\x10GPS"],
    [0xe0, "JFIF\0\x01\x01\0\0\x01\0\x01\x01\x01GPS"],
    [0xee, "Adobe\0d\0\0\0\0\x01GPS"],
  ] as const) {
    const { bytes } = cleanPicture("image/jpeg", withSegment(jpeg, marker, content));
    expect(Buffer.from(bytes).equals(clean("plain.jpg")), content).toBe(true);
  }
  for (const chunk of ["EXIF", "XMP "]) {
    const { bytes } = cleanPicture("image/webp", withChunk(pictureFile("lossy.webp"), chunk, "GPS"));
    expect(Buffer.from(bytes).equals(clean("lossy.webp")), chunk).toBe(true);
  }
});

test.each(["large.webp", "large.jpg"] as const)("%s has too many pixels", (file) => {
  expect(refusalOf(typeOf(file), pictureFile(file))).toEqual({
    status: 400,
    message: "Upload a picture of at most 512 × 512 pixels.",
  });
});

test("a small file that claims to be huge is refused, so that no browser makes room for it", () => {
  const jpeg = pictureFile("plain.jpg");
  const frame = jpeg.indexOf(Buffer.from([0xff, 0xc0]));
  jpeg.writeUInt16BE(65_535, frame + 5);
  expect(refusalOf("image/jpeg", jpeg)?.message).toContain("512 × 512");
  for (const [file, chunk] of [
    ["lossy.webp", "VP8 "],
    ["lossless.webp", "VP8L"],
  ] as const) {
    const webp = pictureFile(file);
    const image = webp.indexOf(chunk) + 8;
    if (chunk === "VP8 ") webp.writeUInt16LE(16_383, image + 6);
    else webp.writeUInt32LE(0x0fff_ffff, image + 1);
    // The canvas of the container says another size than the picture.
    expect(refusalOf("image/webp", webp), file).toEqual(damaged);
    webp.writeUIntLE(16_382, webp.indexOf("VP8X") + 12, 3);
    webp.writeUIntLE(16_382, webp.indexOf("VP8X") + 15, 3);
    expect(refusalOf("image/webp", webp), file).toBeDefined();
  }
});

test("a file of more bytes than allowed is refused before it is read", () => {
  expect(refusalOf("image/webp", Buffer.alloc(153_601))).toEqual({
    status: 413,
    message: "Upload a picture of at most 150 KB.",
  });
});

const svg = `<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`;

test.each([
  "image/png",
  "image/gif",
  "image/svg+xml",
  "text/html",
  "image/webp; charset=utf-8",
  "",
  "toString",
])("the type %j is refused", (type) => {
  expect(refusalOf(type, Buffer.from(svg))?.status).toBe(415);
});

test.each([
  ["SVG", Buffer.from(svg)],
  ["HTML", Buffer.from("<!doctype html><script>alert(1)</script>")],
  ["a PNG", pictureFile("plain.png")],
  ["a GIF", Buffer.from("GIF89a\x01\0\x01\0\0\0\0;", "latin1")],
  ["nothing", Buffer.alloc(0)],
  ["the other format", undefined],
] as const)("%s under the type of a picture is refused", (_what, bytes) => {
  expect(refusalOf("image/webp", bytes ?? pictureFile("plain.jpg"))).toEqual(damaged);
  expect(refusalOf("image/jpeg", bytes ?? pictureFile("lossy.webp"))).toEqual(damaged);
});

test("a picture with something behind its end is refused", () => {
  for (const file of sound)
    expect(refusalOf(typeOf(file), Buffer.concat([pictureFile(file), Buffer.from(svg)])), file).toEqual(
      damaged,
    );
  expect(refusalOf("image/webp", withChunk(pictureFile("lossy.webp"), "HTML", svg))).toEqual(damaged);
});

test("an animation is refused", () => {
  const webp = pictureFile("lossy.webp");
  const flags = webp.indexOf("VP8X") + 8;
  webp[flags] = (webp[flags] ?? 0) | 0x02;
  expect(refusalOf("image/webp", webp)).toEqual(damaged);
  expect(refusalOf("image/webp", withChunk(pictureFile("lossy.webp"), "ANMF", "x".repeat(24)))).toEqual(
    damaged,
  );
});

test("whatever happens to the bytes of a picture, the file is refused or kept without anything unknown", () => {
  const change = fc.record({ at: fc.nat(), to: fc.nat(255) });
  fc.assert(
    fc.property(
      fc.constantFrom(...sound),
      fc.array(change, { maxLength: 8 }),
      fc.nat(),
      (file, changes, cut) => {
        const bytes = pictureFile(file);
        for (const { at, to } of changes) bytes[at % bytes.length] = to;
        const sent = cut % 3 === 0 ? bytes.subarray(0, cut % bytes.length) : bytes;
        if (refusalOf(typeOf(file), sent)) return;
        const kept = cleanPicture(typeOf(file), sent).bytes;
        expect(Buffer.from(cleanPicture(typeOf(file), kept).bytes).equals(Buffer.from(kept))).toBe(true);
        expect(kept.byteLength).toBeLessThanOrEqual(sent.length + 18);
      },
    ),
    { numRuns: 2_000 },
  );
});
