import { expectAccessible } from "../src/accessible.ts";
import { signUpAt } from "../src/person.ts";
import { choosePicture, fingersOn, shownPicture, twoColours } from "../src/pictures.ts";
import { expect, expectProfile, openTab, test } from "../src/test.ts";

test("a person crops a picture by keyboard, and every tab shows the part that was chosen", async ({
  page,
  context,
  signUp,
  sql,
}) => {
  const ada = await signUp(page);
  const tab = await openTab(context, ada.name);
  await page.getByRole("button", { name: "Edit profile" }).click();
  await choosePicture(page, await twoColours(page, 2400, 1200));
  // The middle of the picture is half red and half blue. The arrow moves the picture, so that its left half is left.
  await page.getByRole("application", { name: "Picture" }).focus();
  for (let step = 0; step < 20; step++) await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Tab");
  await expect(page.getByLabel("Zoom")).toBeFocused();
  await expectAccessible(page);
  await page.keyboard.press("ArrowRight");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Saved")).toBeVisible();
  for (const one of [page, tab]) {
    const { address, ...picture } = await shownPicture(one);
    expect(picture).toEqual({ width: 512, height: 512, colours: ["red", "red"] });
    const { rows } = await sql.query('select image from "user" where email = $1', [ada.email]);
    expect(rows).toEqual([{ image: address }]);
  }
});

test("a person crops a picture by touch, also in a browser that writes no WebP", async ({
  browser,
  app,
  signUp,
}) => {
  const context = await browser.newContext({
    baseURL: app.url,
    hasTouch: true,
    isMobile: true,
    viewport: { width: 360, height: 740 },
  });
  await context.addInitScript(() => {
    const toBlob = HTMLCanvasElement.prototype.toBlob;
    HTMLCanvasElement.prototype.toBlob = function (done, type, quality) {
      toBlob.call(this, done, type === "image/webp" ? "image/png" : type, quality);
    };
  });
  const page = await context.newPage();
  await signUp(page);
  await page.getByRole("button", { name: "Edit profile" }).click();
  await choosePicture(page, await twoColours(page, 2400, 1200));
  const zoom = page.getByLabel("Zoom");
  await expect(zoom).toHaveValue("1");
  const { touch } = await fingersOn(page.getByRole("application", { name: "Picture" }));
  await touch("touchStart", [50, 60]);
  for (let x = 50; x <= 250; x += 20) await touch("touchMove", [x, 60]);
  await touch("touchEnd");
  await touch("touchStart", [60, 60], [90, 60]);
  for (let apart = 30; apart <= 60; apart += 10) await touch("touchMove", [60, 60], [60 + apart, 60]);
  await touch("touchEnd");
  await expect(zoom).not.toHaveValue("1");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Saved")).toBeVisible();
  const { address, colours } = await shownPicture(page);
  expect(address).toMatch(/\.jpg$/);
  expect(colours).toEqual(["red", "red"]);
  await context.close();
});

test("a picture that is pasted or dropped is taken, and offline the form says that a picture needs the server", async ({
  page,
  context,
  signUp,
  sql,
}) => {
  const ada = await signUp(page);
  await page.getByRole("button", { name: "Edit profile" }).click();
  await page.getByLabel("Name").fill("Ada offline");
  for (const kind of ["paste", "drop"]) {
    await page.getByRole("form", { name: "Edit profile" }).evaluate(async (form, type) => {
      const canvas = document.createElement("canvas");
      const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done));
      const files = new DataTransfer();
      files.items.add(new File([blob ?? ""], "a.png", { type: "image/png" }));
      const options = { bubbles: true, cancelable: true };
      form.dispatchEvent(
        type === "paste"
          ? new ClipboardEvent(type, { ...options, clipboardData: files })
          : new DragEvent(type, { ...options, dataTransfer: files }),
      );
    }, kind);
    await expect(page.getByRole("application", { name: "Picture" })).toBeVisible();
    await page.getByRole("button", { name: "Leave the picture out" }).click();
    await expect(page.getByRole("application", { name: "Picture" })).toHaveCount(0);
  }
  await choosePicture(page, await twoColours(page, 40, 40));
  await context.setOffline(true);
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("You are offline, and a picture goes to the server at once.")).toBeVisible();
  await expect(page.getByLabel("Name")).toHaveValue("Ada offline");
  await page.getByRole("button", { name: "Leave the picture out" }).click();
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Waiting to be saved")).toBeVisible();
  await context.setOffline(false);
  await expectProfile(page, "Ada offline");
  await expect
    .poll(async () => (await sql.query('select name, image from "user" where email = $1', [ada.email])).rows)
    .toEqual([{ name: "Ada offline", image: null }]);
});

test("a picture that meets a revoked session is saved once its person has signed in again", async ({
  page,
  signUp,
  sql,
}) => {
  const ada = await signUp(page);
  await page.getByRole("button", { name: "Edit profile" }).click();
  await choosePicture(page, await twoColours(page, 40, 40));
  await sql.query('delete from session using "user" where "user".id = user_id and email = $1', [ada.email]);
  await page.getByRole("button", { name: "Save" }).click();
  const dialog = page.getByRole("dialog", { name: "Your session has ended" });
  await dialog.getByLabel("Password", { exact: true }).fill(ada.password);
  await dialog.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(dialog).toHaveCount(0);
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Saved")).toBeVisible();
  expect((await shownPicture(page)).width).toBe(40);
});

test("a picture of another site is never asked for, and the form says why nobody sees the picture", async ({
  page,
  signUp,
  sql,
}) => {
  const ada = await signUp(page);
  const asked: string[] = [];
  await page.route("https://tracker.example/**", (route) => {
    asked.push(route.request().url());
    return route.abort();
  });
  await sql.query(
    `update "user" set image = 'https://tracker.example/ada.png', name = 'Ada King' where email = $1`,
    [ada.email],
  );
  await expectProfile(page, "Ada King");
  await expect(page.getByText("AK", { exact: true })).toBeVisible();
  await page.getByRole("button", { name: "Edit profile" }).click();
  await expect(page.getByText(/Your picture is at another site/)).toBeVisible();
  const refused = await page.evaluate(
    () =>
      new Promise((done) => {
        document.addEventListener("securitypolicyviolation", (event) => done(event.effectiveDirective));
        document.body.append(Object.assign(new Image(), { src: "https://tracker.example/forced.png" }));
      }),
  );
  expect(refused).toBe("img-src");
  expect(asked).toEqual([]);
});

test("the server reads no long or foreign upload, and serves a picture as nothing else", async ({
  app,
  page,
}) => {
  const { headers } = await signUpAt(app);
  const send = (body: Buffer<ArrayBuffer>, more: Record<string, string> = headers) =>
    fetch(`${app.url}/api/picture`, {
      method: "POST",
      headers: { ...more, "content-type": "image/jpeg" },
      body,
    });
  const small = Buffer.from(
    await page.screenshot({ type: "jpeg", clip: { x: 0, y: 0, width: 40, height: 40 } }),
  );
  const long = await send(Buffer.alloc(200_000));
  expect([long.status, await long.json()]).toEqual([413, { message: "Upload a picture of at most 150 KB." }]);
  expect((await send(small, { origin: app.url })).status).toBe(401);
  expect((await send(small, { ...headers, origin: "https://evil.example" })).status).toBe(403);
  const kept = await send(small);
  expect(kept.status).toBe(201);
  const { address } = await kept.json();
  expect((await fetch(app.url + address)).status).toBe(401);
  const served = await fetch(app.url + address, { headers });
  expect(Object.fromEntries(served.headers)).toMatchObject({
    "content-type": "image/jpeg",
    "x-content-type-options": "nosniff",
    "cache-control": "private, max-age=31536000, immutable",
    "content-security-policy": expect.stringContaining("sandbox"),
  });
  expect(served.headers.has("set-cookie")).toBe(false);
});
