import { type Browser, test as base, expect, type Locator, type Page } from "@playwright/test";
import { type FloorPlanApp, openFloorPlanApp, tables } from "../src/floor-plan-app.ts";
import { holdAnswer } from "../src/held-answer.ts";
import { contextOf, type Person, signUpAt } from "../src/person.ts";
import { receivedBy, recordReceived } from "../src/received.ts";
import { startFronted } from "../src/site.ts";

// The app of ../src/floor-plans.md, made by commands and recipes, in the hands of two people with two tabs each.

const test = base.extend<object, { project: FloorPlanApp }>({
  project: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of the fixtures from the pattern
    async ({}, use) => {
      await using project = await openFloorPlanApp();
      await use(project);
    },
    { scope: "worker", timeout: 600_000 },
  ],
});
// One after the other, on the same copy.
test.describe.configure({ mode: "default", timeout: 240_000 });

test("a table of the floor-plan app takes at most eight lines beyond the generator", async ({ project }) => {
  const { linesByHand } = project;
  console.info(`lines by hand: ${JSON.stringify(linesByHand)}`);
  for (const table of ["projects", "memberships", "floor_plans", "conversations", "messages"]) {
    expect(linesByHand[table], table).toBeLessThanOrEqual(8);
  }
});

test("two people share, change, move, restore and delete what they have, and streams end with the right to read", async ({
  browser,
  project,
}) => {
  await project.build();
  await using site = await startFronted(project, "built");
  const { sql, url } = site;
  const [ada, bob] = [await signUpAt(site), await signUpAt(site)];
  await sql.query(`update "user" set name = 'Bob', email_verified = true where id = $1`, [bob.id]);
  const [adaPage, adaTab] = await openTabs(browser, url, ada);
  const [bobPage, bobTab] = await openTabs(browser, url, bob);
  const [adas, bobs] = [
    [adaPage, adaTab],
    [bobPage, bobTab],
  ];
  const all = [...adas, ...bobs];
  const inHouse = (page: Page) => page.getByRole("region", { name: "House", exact: true });

  await test.step("share by e-mail", async () => {
    for (const name of ["House", "Barn"])
      await submit(adaPage.locator("main"), "New project", "Create", name);
    for (const title of ["Ground floor", "First floor"]) {
      await submit(inHouse(adaPage), "New plan", "Add plan", title);
    }
    await invite(adaPage, bob);
    await bobTab.getByRole("button", { name: "Accept" }).click();
    for (const page of bobs) await expect(page.getByRole("heading", { level: 2 })).toHaveText(["House"]);
    await expectPlans(all, "House", ["Ground floor", "First floor"]);
    for (const page of all) {
      await expect(inHouse(page).getByRole("list", { name: "Members" }).getByRole("listitem")).toContainText([
        "Ada: owner",
        "Bob: viewer",
      ]);
      await expect(page.getByRole("button", { name: "Accept" })).toHaveCount(0);
    }
  });

  await test.step("change roles", async () => {
    await expect(inHouse(bobPage).getByRole("button")).toHaveCount(0);
    const { rows } = await sql.query("select id from floor_plans where title = 'Ground floor'");
    const rename = () =>
      fetch(`${url}/api/trpc/floorPlans.update`, {
        method: "POST",
        headers: { ...bob.headers, "content-type": "application/json" },
        body: JSON.stringify({ id: rows[0].id, title: "Cellar" }),
      });
    expect((await rename()).status).toBe(403);
    await inHouse(adaTab).getByLabel("Role of Bob").selectOption("editor");
    await submit(inHouse(bobTab), "New plan", "Add plan", "Attic");
    await expectPlans(all, "House", ["Ground floor", "First floor", "Attic"]);
    expect((await rename()).status).toBe(200);
    await expectPlans(all, "House", ["Cellar", "First floor", "Attic"]);
  });

  await test.step("reorder", async () => {
    await plan(bobPage, "Attic").getByRole("button", { name: "To the top" }).click();
    await expectPlans(all, "House", ["Attic", "Cellar", "First floor"]);
    await plan(adaPage, "First floor").getByRole("button", { name: "To the top" }).click();
    await expectPlans(all, "House", ["First floor", "Attic", "Cellar"]);
  });

  await test.step("move to another project", async () => {
    await plan(adaTab, "First floor").getByLabel("Project of First floor").selectOption({ label: "Barn" });
    await expectPlans(all, "House", ["Attic", "Cellar"]);
    await expectPlans(adas, "Barn", ["First floor"]);
    for (const page of bobs) await expect(page.getByText("First floor")).toHaveCount(0);
  });

  await test.step("delete softly, hide and restore", async () => {
    await plan(bobTab, "Cellar").getByRole("button", { name: "Delete" }).click();
    await expectPlans(all, "House", ["Attic"]);
    for (const page of all) await expect(deletedPlans(inHouse(page))).toHaveText(["Cellar"]);
    await inHouse(adaPage).getByLabel("Role of Bob").selectOption("viewer");
    for (const page of bobs) await expect(deletedPlans(inHouse(page))).toHaveCount(0);
    await inHouse(adaTab).getByRole("button", { name: "Restore" }).click();
    await expectPlans(all, "House", ["Attic", "Cellar"]);
    for (const page of all) await expect(deletedPlans(inHouse(page))).toHaveCount(0);
  });

  const messageOf = async (question: string) => {
    await submit(inHouse(adaPage), "Question", "Ask", question);
    for (const page of all) await expect(page.getByRole("heading", { name: question })).toBeVisible();
    const { rows } = await sql.query(
      "select m.id from messages m join conversations c on c.id = conversation_id where c.title = $1",
      [question],
    );
    return String(rows[0].id);
  };
  const expectAnswer = async (pages: Page[], id: string, text: string, isBusy: boolean) => {
    for (const page of pages) {
      const answer = page.locator(`[id="${id}"] p`);
      await expect(answer).toHaveText(text);
      await expect(answer).toHaveAttribute("aria-busy", String(isBusy));
    }
  };

  await test.step("stream an answer by the job", async () => {
    const id = await messageOf("How many rooms?");
    const job = "npm run job -- packages/core/src/message-chunk/answer.ts";
    await project.sh(`${job} '${JSON.stringify({ id })}' --data-dir ${site.dataDir}`);
    await expectAnswer(all, id, "The house has three rooms.", false);
  });

  await test.step("unshare in the middle of a stream", async () => {
    const id = await messageOf("How high is it?");
    const answer = await holdAnswer(project.folder, site.links, id);
    answer.add("Six metres ");
    await expectAnswer(all, id, "Six metres", true);
    answer.add("to the ridge, ");
    await expectAnswer(all, id, "Six metres to the ridge,", true);
    await inHouse(adaPage)
      .getByRole("listitem", { name: "Bob" })
      .getByRole("button", { name: "Remove" })
      .click();
    for (const page of bobs) await expect(page.getByRole("heading", { level: 2 })).toHaveCount(0);
    answer.add("without the chimney");
    await expectAnswer(adas, id, "Six metres to the ridge, without the chimney", true);
    await answer.end();
    await expectAnswer(adas, id, "Six metres to the ridge, without the chimney", false);
    // Whatever were still on its way to Bob would have come before a later change of his own.
    await submit(bobPage.locator("main"), "New project", "Create", "Shed");
    for (const page of bobs) await expect(page.getByRole("heading", { level: 2 })).toHaveText(["Shed"]);
    const received = (await Promise.all(bobs.map(receivedBy))).join();
    expect(received).toContain("to the ridge");
    expect(received).not.toContain("chimney");
  });

  await test.step("delete the project", async () => {
    await invite(adaTab, bob);
    await bobPage.getByRole("button", { name: "Accept" }).click();
    await expectPlans(all, "House", ["Attic", "Cellar"]);
    for (const page of bobs) await expect(page.getByText("without the chimney")).toBeVisible();
    await inHouse(adaTab).getByRole("button", { name: "Delete project" }).click();
    for (const page of adas) await expect(page.getByRole("heading", { level: 2 })).toHaveText(["Barn"]);
    for (const page of bobs) await expect(page.getByRole("heading", { level: 2 })).toHaveText(["Shed"]);
    await expectPlans(adas, "Barn", ["First floor"]);
    for (const table of ["conversations", "messages", "message_chunks", "invitations"]) {
      expect((await sql.query(`select from ${table}`)).rowCount, table).toBe(0);
    }
  });
});

test("the app satisfies types, lint and contract, and after the removal of its tables the project is as it was", async ({
  project,
}) => {
  test.setTimeout(900_000);
  await project.check();
  expect(tables).toHaveLength(7);
  expect(await project.removeAll()).toBe("");
});

/** Opens two tabs in a browser of a person's own, which keep what they receive. */
async function openTabs(browser: Browser, url: string, person: Person): Promise<[Page, Page]> {
  const context = await contextOf(browser, url, person);
  await recordReceived(context);
  const tabs: [Page, Page] = [await context.newPage(), await context.newPage()];
  for (const tab of tabs) await tab.goto("/plans");
  return tabs;
}

async function invite(page: Page, { email }: Person): Promise<void> {
  await submit(page.getByRole("region", { name: "House", exact: true }), "E-mail address", "Invite", email);
}

/** Waits until every page shows these plans of a project in this order. */
async function expectPlans(pages: Page[], project: string, titles: string[]): Promise<void> {
  for (const page of pages) {
    const plans = page
      .getByRole("region", { name: project, exact: true })
      .getByRole("list", { name: "Plans", exact: true });
    await expect(plans.locator("li > span")).toHaveText(titles);
  }
}

function plan(page: Page, title: string): Locator {
  return page
    .getByRole("list", { name: "Plans", exact: true })
    .getByRole("listitem", { name: title, exact: true });
}

function deletedPlans(project: Locator): Locator {
  return project.getByRole("list", { name: "Deleted plans" }).locator("li > span");
}

async function submit(within: Locator, label: string, button: string, text: string): Promise<void> {
  await within.getByLabel(label, { exact: true }).fill(text);
  await within.getByRole("button", { name: button }).click();
}
