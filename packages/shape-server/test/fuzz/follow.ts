import { expect } from "vitest";
import type { Message } from "../model/view.ts";

/** Follows a shape, one answer after the other; nothing may make it start again. */
export async function* follow(serverUrl: string, shape: Record<string, string>): AsyncGenerator<Message[]> {
  let place: Record<string, string> = { offset: "-1" };
  for (;;) {
    const answer = await fetch(`${serverUrl}/v1/shape?${new URLSearchParams({ ...shape, ...place })}`);
    expect(answer.status).toBe(200);
    const messages: Message[] = JSON.parse(await answer.text());
    const [handle, offset] = ["electric-handle", "electric-offset"].map((name) => answer.headers.get(name));
    const live = answer.headers.has("electric-up-to-date");
    place = { handle: handle ?? "", offset: offset ?? "", ...(live ? { live: "true" } : {}) };
    yield messages;
  }
}
