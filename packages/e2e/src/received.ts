import type { BrowserContext, Page } from "@playwright/test";

/** Has every page of a browser keep the text of all answers that its requests get, also of those that never end. */
export async function recordReceived(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    const received: string[] = [];
    Object.assign(window, { received });
    const { fetch } = window;
    window.fetch = async (...request) => {
      const answer = await fetch(...request);
      const copy = answer.clone().body?.pipeThrough(new TextDecoderStream());
      copy?.pipeTo(new WritableStream({ write: (text) => void received.push(text) })).catch(() => {});
      return answer;
    };
  });
}

/** What a page has received since it was loaded. */
export function receivedBy(page: Page): Promise<string> {
  return page.evaluate(() => (window as unknown as { received: string[] }).received.join(""));
}
