/**
 * Reads the message of an answer with which this app's server refuses a request. Leaves the body of the answer unread.
 *
 * @returns undefined when the answer comes from elsewhere, such as a gateway
 */
export async function messageOf(answer: Response): Promise<string | undefined> {
  return textOf(
    await answer
      .clone()
      .json()
      .catch(() => undefined),
  );
}

/**
 * Reads the message of a refusal from its JSON. A body with more than a message comes from a framework or a gateway, and
 * its text is not meant for people.
 */
export function textOf(body: unknown): string | undefined {
  if (typeof body !== "object" || body === null || Object.keys(body).join() !== "message") return undefined;
  return "message" in body && typeof body.message === "string" ? body.message : undefined;
}
