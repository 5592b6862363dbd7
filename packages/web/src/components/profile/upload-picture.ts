import { sessionEnded } from "~/lib/session/session-end";
import { uploadPath } from "~/lib/wire/picture";
import { userHeader } from "~/lib/wire/user-header";

/** A picture was not uploaded. The message is for the person. */
export class NotUploaded extends Error {
  override name = "NotUploaded";
}

const offline =
  "You are offline, and a picture goes to the server at once. Save when you are back, or leave the picture out.";
const unreachable =
  "The server cannot be reached, so the picture was not uploaded. Save again in a moment, or leave the picture out.";

/** How long an upload may take, in milliseconds. The server waits for a shorter time. */
const patience = 40_000;

/**
 * Sends a picture to the server, which keeps the picture.
 *
 * @param userId the person whose page this is
 * @param until aborts the upload
 * @returns the address of the picture, for the person's row
 * @throws NotUploaded, or the reason of the abort
 */
export async function uploadPicture(picture: Blob, userId: string, until: AbortSignal): Promise<string> {
  if (!navigator.onLine) throw new NotUploaded(offline);
  const signal = AbortSignal.any([until, AbortSignal.timeout(patience)]);
  const headers = { "content-type": picture.type, [userHeader]: userId };
  const answer = await fetch(uploadPath, { method: "POST", headers, body: picture, signal }).catch(
    () => undefined,
  );
  until.throwIfAborted();
  if (!answer) throw new NotUploaded(navigator.onLine ? unreachable : offline);
  const { address, message }: { address?: string; message?: string } = await answer.json().catch(() => ({}));
  if (answer.ok && address) return address;
  if (answer.status === 401) sessionEnded();
  throw new NotUploaded(message ?? unreachable);
}
