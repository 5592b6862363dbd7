import { expectAccessible } from "./accessible.ts";
import { expect, expectSync, test } from "./test.ts";

const viewports = { desktop: { width: 1280, height: 900 }, phone: { width: 320, height: 640 } };

/** Defines the test that axe finds nothing on any page, and that no page is wider than the device. */
export function testEveryPage(device: keyof typeof viewports, colorScheme: "light" | "dark"): void {
  test(`every page is accessible and fits on a ${device} with the ${colorScheme} theme`, async ({
    page,
    signUp,
  }) => {
    await page.setViewportSize(viewports[device]);
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await page.goto("/");
    await expectAccessible(page);
    await page.goto("/sign-in");
    await expectAccessible(page);
    await page.goto("/no-such-page");
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await expectAccessible(page);
    await signUp(page, "Ada Lovelace");
    await expectAccessible(page);
    await page.getByRole("button", { name: "Edit profile" }).click();
    await page.getByLabel("Name").fill("");
    await page.getByRole("button", { name: "Save" }).click();
    await expect(page.getByText("Enter your name.")).toBeVisible();
    await expectAccessible(page);
    await page.getByRole("banner").getByRole("link").first().click();
    await expect(page.getByRole("dialog", { name: "Leave without saving?" })).toBeVisible();
    await expectAccessible(page);
    await page.keyboard.press("Escape");

    const { origin } = new URL(page.url());
    await page.request.post("/api/auth/sign-out", { headers: { origin }, data: {} });
    // Without the open poll the page asks anew, and learns that the session has ended.
    await page.context().setOffline(true);
    await expectSync(page, "offline");
    await expectAccessible(page);
    await page.context().setOffline(false);
    await expect(page.getByRole("dialog", { name: "Your session has ended" })).toBeVisible();
    await expectAccessible(page);
    await page.getByRole("button", { name: "Leave without saving" }).click();
    await expect(page.getByText("You were signed out.")).toBeVisible();
    await expectAccessible(page);
  });
}
