import type { Page } from "@playwright/test";
import { twMerge } from "tailwind-merge";
import { expect, expectSync, test } from "../src/test.ts";

/** Finds the elements that have two Tailwind classes for one property, of which the stylesheet's order would choose. */
async function conflictsIn(page: Page): Promise<string[]> {
  const classes = await page.evaluate(() =>
    [...document.querySelectorAll("[class]")].map((element) => element.getAttribute("class") ?? ""),
  );
  expect(classes.length).toBeGreaterThan(10);
  return classes.filter((names) => twMerge(names) !== names);
}

test("a conflict of classes is found", async ({ page }) => {
  await page.goto("/");
  await page.evaluate(() => document.querySelector("h1")?.setAttribute("class", "p-2 p-4"));
  expect(await conflictsIn(page)).toEqual(["p-2 p-4"]);
});

test("no element has two classes for one property", async ({ page, signUp }) => {
  for (const path of ["/", "/sign-in", "/sign-in?mode=sign-up", "/no-such-page"]) {
    await page.goto(path);
    expect(await conflictsIn(page), path).toEqual([]);
  }
  await signUp(page);
  expect(await conflictsIn(page), "profile").toEqual([]);
  await page.goto("/profile?inspect");
  await expect(page.getByRole("img", { name: "The way of a write" })).toBeVisible();
  expect(await conflictsIn(page), "inspector").toEqual([]);
  await page.getByRole("button", { name: "Close" }).click();
  await page.context().setOffline(true);
  await expectSync(page, "offline");
  await page.getByRole("button", { name: "Edit profile" }).click();
  await page.getByLabel("Name").fill("");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Enter your name.")).toBeVisible();
  expect(await conflictsIn(page), "form, offline").toEqual([]);
});
