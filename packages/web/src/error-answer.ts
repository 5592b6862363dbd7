import { bareAnswer } from "./lib/server/http/every-answer";

/**
 * Answers for Nitro when a request fails before the app gets the request, as for a path that cannot be decoded. Nitro's
 * own answer would lack the headers that keep other sites out.
 */
export default function errorAnswer(error: { status?: number; unhandled?: boolean }): Response {
  const status = error.unhandled ? 500 : (error.status ?? 500);
  if (status >= 500) console.error(error);
  const message = status < 500 ? "This request cannot be read." : "Something went wrong on our side.";
  return Response.json({ message }, { status, headers: bareAnswer });
}
