import type { Page } from "@playwright/test";

/** Collects the paths of the scripts that a page loads from now on, in the order in which the page asks for them. */
export function watchScripts(page: Page): () => string[] {
  const loaded = new Set<string>();
  page.on("request", (request) => {
    const { pathname } = new URL(request.url());
    if (/^\/assets\/[\w.-]+\.js$/.test(pathname)) loaded.add(pathname);
  });
  return () => [...loaded];
}
