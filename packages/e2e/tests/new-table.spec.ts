import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Locator, Page } from "@playwright/test";
import { openProjectCopy } from "../../generator/test/project-copy.ts";
import { newProjects, page as shown } from "../../generator/test/walk-through.ts";
import { expectAccessible } from "../src/accessible.ts";
import { test as base, expect, expectSync } from "../src/test.ts";

/** Runs a copy of the project with one more table: the table of docs/adding-a-table.md, with its page. */
const test = base.extend({
  app: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of the fixtures from the pattern
    async ({}, use) => {
      await using copy = await openProjectCopy();
      await copy.sh(newProjects);
      await writeFile(join(copy.folder, shown.path), shown.text);
      await copy.sh("npm run build");
      const { startApp }: typeof import("@tracer/local/app") = await import(
        join(copy.folder, "packages/local/src/app.ts")
      );
      const dataDir = await mkdtemp(join(tmpdir(), "tracer-e2e-"));
      await using app = await startApp({ mode: "built", dataDir, fsync: false });
      await use(app);
      await app.close();
      await rm(dataDir, { recursive: true, force: true });
    },
    { scope: "worker", timeout: 180_000 },
  ],
});

// One copy of the project serves all tests of this file.
test.describe.configure({ mode: "default" });

test("two people create, change, share and delete projects, each in two tabs", async ({
  newBrowser,
  signUp,
  sql,
}) => {
  const [ada, bob] = [await newBrowser(), await newBrowser()];
  const [adaPage, bobPage] = [await ada.newPage(), await bob.newPage()];
  await signUp(adaPage, "Ada Lovelace");
  const { email } = await signUp(bobPage, "Bob Noyce");
  const { rows } = await sql.query('select id from "user" where email = $1', [email]);
  const bobsId = String(rows[0].id);
  const [adaTab, bobTab] = [await ada.newPage(), await bob.newPage()];
  const all = [adaPage, adaTab, bobPage, bobTab];
  for (const page of all) {
    await page.goto("/projects");
    await expectSync(page, "live");
  }

  await submit(adaPage.locator("main"), "New project", "Create", "House");
  await submit(bobPage.locator("main"), "New project", "Create", "Barn");
  await expectProjects([adaPage, adaTab], ["House"]);
  await expectProjects([bobPage, bobTab], ["Barn"]);

  await submit(project(adaTab, "House"), "Name", "Rename", "Villa");
  await expectProjects([adaPage, adaTab], ["Villa"]);

  await submit(project(adaPage, "Villa"), "Id of another person", "Share", bobsId);
  await expectProjects([bobPage, bobTab], ["Villa", "Barn"]);
  await submit(project(adaPage, "Villa"), "Name", "Rename", "Castle");
  await expectProjects(all.slice(0, 2), ["Castle"]);
  await expectProjects(all.slice(2), ["Castle", "Barn"]);
  // A member can read the project, but not change it.
  await expect(project(bobPage, "Castle").getByRole("button")).toHaveCount(0);

  await sql.query("update projects set area = 1234567890.12 where name = 'Castle'");
  for (const page of all) await expect(project(page, "Castle").getByText("1234567890.12 m²")).toBeVisible();

  await project(bobTab, "Barn").getByRole("button", { name: "Delete" }).click();
  await expectProjects([bobPage, bobTab], ["Castle"]);
  await project(adaTab, "Castle").getByRole("button", { name: "Delete" }).click();
  await expectProjects(all, []);
  await expect.poll(async () => (await sql.query("select name from projects")).rows).toEqual([]);
});

test("the badge names a shape that is refused while another one works, and is live when both work", async ({
  page,
  signUp,
}) => {
  await signUp(page);
  const refusal = { status: 403, json: { message: "Projects are not for you." } };
  await page.route(/\/api\/projects\?/, (route) => route.fulfill(refusal));
  await page.goto("/projects");
  await expectSync(page, "error");
  await expect(page.getByText("projects: Projects are not for you.")).toBeVisible();
  await page.getByRole("button", { name: "Sync details" }).focus();
  await page.keyboard.press("Enter");
  const details = page.getByRole("dialog", { name: "Sync details" });
  await expect(details.getByRole("listitem")).toHaveText([
    "usersLive",
    "projectsErrorProjects are not for you.",
  ]);
  await expectAccessible(page);
  await page.keyboard.press("Escape");
  await expect(details).toBeHidden();

  await page.unroute(/\/api\/projects\?/);
  await page.getByRole("button", { name: "Try again" }).click();
  await expectSync(page, "live");
  await submit(page.locator("main"), "New project", "Create", "House");
  await expectProjects([page], ["House"]);
});

/** Waits until every page shows these projects in this order. */
async function expectProjects(pages: Page[], names: string[]): Promise<void> {
  for (const page of pages)
    await expect(page.locator("main").getByRole("heading", { level: 2 })).toHaveText(names);
}

function project(page: Page, name: string): Locator {
  return page.getByRole("listitem", { name, exact: true });
}

async function submit(within: Locator, label: string, button: string, text: string): Promise<void> {
  await within.getByLabel(label, { exact: true }).first().fill(text);
  await within.getByRole("button", { name: button }).click();
}
