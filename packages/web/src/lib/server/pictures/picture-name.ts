import { randomBytes } from "node:crypto";
import { picturePath } from "@tracer/core/auth/picture-address";

/** The types of pictures that are kept, by the ending of their names. */
const types = { webp: "image/webp", jpg: "image/jpeg" } as const;

/** The media type of a picture that is kept. */
export type PictureType = (typeof types)[keyof typeof types];

const pattern = /^[\da-z]{9}-[\w-]{22}\.(webp|jpg)$/;

/** Makes a name that nobody can guess. The time comes first, so that the names of an owner sort by age. */
export function newPictureName(type: PictureType): string {
  const time = Date.now().toString(36).padStart(9, "0");
  const ending = type === "image/webp" ? "webp" : "jpg";
  return `${time}-${randomBytes(16).toString("base64url")}.${ending}`;
}

/** Whether a text is a name of a picture, and so no path that leads elsewhere. */
export function isPictureName(text: string): boolean {
  return pattern.test(text);
}

/** The media type of the picture with a name. */
export function typeOfPicture(name: string): PictureType {
  return name.endsWith(".webp") ? types.webp : types.jpg;
}

/** The address of a picture, as the row of its owner holds the address. */
export function addressOf(owner: string, name: string): string {
  return `${picturePath}${owner}.${name}`;
}
