import type { BrowserContext, Page, Request } from "@playwright/test";
import { expect, expectProfile, test } from "../src/test.ts";

// HTTP/1.1 allows a browser six connections to a server. All tabs of a browser share one for what they wait for.

/** The requests to the app that are under way in a browser. */
function openRequests(context: BrowserContext): Set<Request> {
  const open = new Set<Request>();
  context.on("request", (request) => void (request.url().includes("/api/") && open.add(request)));
  context.on("requestfinished", (request) => void open.delete(request));
  context.on("requestfailed", (request) => void open.delete(request));
  // Playwright says nothing of the requests that end with their page.
  const forgetWith = (tab: Page) => tab.on("close", () => forget(open, tab));
  context.pages().forEach(forgetWith);
  context.on("page", forgetWith);
  return open;
}

function forget(open: Set<Request>, tab: Page): void {
  for (const request of open) if (request.frame().page() === tab) open.delete(request);
}

/** Waits until nothing but a line is under way, and gives the tab whose line carries the polls of all. */
async function leaderOf(open: Set<Request>, tabs: Page[]): Promise<Page> {
  const paths = () => [...open].map((request) => new URL(request.url()).pathname);
  await expect.poll(paths).toEqual(["/api/line"]);
  const [line] = open;
  const leader = tabs.find((tab) => tab === line?.frame().page());
  if (!leader) throw new Error("None of the tabs leads the line.");
  return leader;
}

test("twelve tabs share one request, and every tab goes on when the one that leads is closed", async ({
  page,
  context,
  signUp,
  sql,
}) => {
  test.slow();
  const open = openRequests(context);
  const ada = await signUp(page);
  let tabs = [page];
  while (tabs.length < 12) {
    const tab = await context.newPage();
    await tab.goto("/profile");
    await expectProfile(tab, ada.name);
    tabs.push(tab);
  }
  for (let round = 1; round <= 3; round++) {
    const leader = await leaderOf(open, tabs);
    const name = `Round ${round}`;
    // The change and the end of the tab meet: none may be lost between the two leaders.
    await Promise.all([
      sql.query(`update "user" set name = $2, updated_at = now() where email = $1`, [ada.email, name]),
      leader.close(),
    ]);
    tabs = tabs.filter((tab) => tab !== leader);
    for (const tab of tabs) await expectProfile(tab, name);
  }
  await leaderOf(open, tabs);
});

test("no load of rows counts as cancelled in the browser", async ({ page, signUp }) => {
  const loads: { path: string; failure: string | undefined }[] = [];
  const take = (request: Request) => {
    const path = new URL(request.url()).pathname;
    if (path === "/api/users") loads.push({ path, failure: request.failure()?.errorText });
  };
  page.on("requestfinished", take);
  page.on("requestfailed", take);
  const ada = await signUp(page);
  // Each visit loads the rows twice: the snapshot, and what was written since.
  for (let visit = 1; visit <= 5; visit++) {
    await page.reload();
    await expectProfile(page, ada.name);
  }
  expect(loads.length).toBeGreaterThanOrEqual(10);
  expect(loads.filter(({ failure }) => failure !== undefined)).toEqual([]);
});
