import * as z from "zod/mini";
import { uploadedPicture } from "./picture-address.ts";

/**
 * Address of a picture: the path of an uploaded picture, or an https URL of at most 2,048 characters, without a user, a
 * password and control characters. On this machine http is enough. The pages show uploaded pictures alone.
 */
export const userImageChecks = [
  z.trim(),
  z.maxLength(2048, "Use an address of at most 2,048 characters."),
  // The parser of URLs would leave these out, so that the address which is kept is not the one that was checked.
  z.regex(/^[^\p{Cc}\p{Z}]*$/u, "Leave out spaces and control characters."),
  z.refine<string>(
    (address) => uploadedPicture(address) !== undefined || isPublicUrl(address),
    "Upload a picture, or enter an address that starts with https://.",
  ),
  z.refine<string>(hasNoCredentials, "Leave the user and the password out of the address."),
];

/** The address of the picture of a person; null when there is no picture. */
export const userImage = z.nullable(z.string().check(...userImageChecks));

function isPublicUrl(text: string): boolean {
  const url = URL.parse(text);
  return url?.protocol === "https:" || (url?.protocol === "http:" && url.hostname === "localhost");
}

function hasNoCredentials(text: string): boolean {
  const url = URL.parse(text);
  return !url?.username && !url?.password;
}
