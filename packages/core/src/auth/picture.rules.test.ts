import { expect, test } from "vitest";
import { userImage } from "./picture.rules.ts";
import { uploadedPicture } from "./picture-address.ts";

const owner = "6f0e5c1a-0d5e-4b6b-9f57-2f6d3a1b7c88";

test.each([
  "https://example.com/a.png",
  "http://localhost:3000/a.png",
  "https://example.com/ä.png?size=1#top",
  `/api/picture/${owner}.mc1x2y3z4-0123456789abcdefghijkl.webp`,
])("%s is the address of a picture", (address) => {
  expect(userImage.parse(` ${address} `)).toBe(address);
});

test.each([
  "http://example.com/a.png",
  "http://localhost.example.com/a.png",
  "https://ada:secret@example.com/a.png",
  "https://ada@example.com/a.png",
  "https://example.com/a\n.png",
  "https://example.com/a\u0000.png",
  "https://exa\tmple.com/a.png",
  "https://example.com/a b.png",
  "javascript:alert(1)",
  "data:image/png;base64,AAAA",
  "//example.com/a.png",
  "/api/picture/",
  "/api/picture/../users",
  `/api/picture/${owner}.mc1x2y3z4-0123456789abcdefghijkl.svg`,
  `/api/picture/${owner}.mc1x2y3z4-0123456789abcdefghijkl.webp?download`,
  `/api/picture/${owner}/other.mc1x2y3z4-0123456789abcdefghijkl.webp`,
  `//example.com/api/picture/${owner}.mc1x2y3z4-0123456789abcdefghijkl.webp`,
])("%j is no address of a picture", (address) => {
  expect(userImage.safeParse(address).success).toBe(false);
});

test("the address of an uploaded picture names the owner, and no other address does", () => {
  const name = "mc1x2y3z4-0123456789abcdefghijkl.jpg";
  expect(uploadedPicture(`/api/picture/${owner}.${name}`)).toEqual({ owner, name });
  expect(uploadedPicture(`https://example.com/api/picture/${owner}.${name}`)).toBe(undefined);
  expect(uploadedPicture("https://example.com/a.png")).toBe(undefined);
});
