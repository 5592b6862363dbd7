import { startSilentWire } from "../src/silent-wire.ts";
import { expect, expectProfile, test } from "../src/test.ts";

test("a page notices within 45 seconds that the network has gone silent, and catches up when it is back", async ({
  app,
  playwright,
  launchOptions,
  signUp,
  sql,
}) => {
  test.slow();
  const wire = await startSilentWire(app.url);
  const args = [`--host-resolver-rules=MAP localhost 127.0.0.1:${wire.port}`];
  const browser = await playwright.chromium.launch({
    ...launchOptions,
    args: [...(launchOptions.args ?? []), ...args],
  });
  try {
    const page = await (await browser.newContext({ baseURL: app.url })).newPage();
    const ada = await signUp(page);
    wire.fallSilent();
    await sql.query(`update "user" set name = 'Unheard' where email = $1`, [ada.email]);
    const badge = page.getByRole("status", { name: "Sync: live" });
    await expect(badge).toBeHidden({ timeout: 45_000 });
    await expect(page.getByRole("heading", { level: 1, name: ada.name })).toBeVisible();
    wire.speak();
    await expectProfile(page, "Unheard");
  } finally {
    await browser.close();
    wire.close();
  }
});
