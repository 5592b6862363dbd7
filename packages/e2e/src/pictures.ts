import { expect, type Locator, type Page } from "@playwright/test";

/** Chooses a file as the picture in the open form, and waits until the person can crop the picture. */
export async function choosePicture(page: Page, buffer: Buffer, mimeType = "image/png"): Promise<void> {
  await page.getByLabel("Picture file").setInputFiles({ name: "picture", mimeType, buffer });
  await expect(page.getByRole("application", { name: "Picture" })).toBeVisible();
}

/** Makes a PNG whose left half is red and whose right half is blue. */
export async function twoColours(page: Page, width: number, height: number): Promise<Buffer> {
  const address = await page.evaluate(
    ([wide, high]) => {
      const canvas = Object.assign(document.createElement("canvas"), { width: wide, height: high });
      const context = canvas.getContext("2d");
      if (!context) throw new Error("no canvas");
      for (const [n, colour] of ["red", "blue"].entries()) {
        context.fillStyle = colour;
        context.fillRect((n * wide) / 2, 0, wide / 2, high);
      }
      return canvas.toDataURL("image/png");
    },
    [width, height] as const,
  );
  return Buffer.from(address.split(",")[1] ?? "", "base64");
}

/** The picture that the profile shows: its address, its width, and the colours at the left and the right edge. */
export async function shownPicture(page: Page) {
  const picture = page.locator("main img[data-slot=avatar-image]");
  await expect(picture).toBeVisible();
  return picture.evaluate(async (image: HTMLImageElement) => {
    await image.decode();
    const canvas = document.createElement("canvas");
    const [width, height] = [image.naturalWidth, image.naturalHeight];
    Object.assign(canvas, { width, height });
    const context = canvas.getContext("2d");
    context?.drawImage(image, 0, 0);
    const colourAt = (x: number) => {
      const [red = 0, , blue = 0] = context?.getImageData(x, height / 2, 1, 1).data ?? [];
      return red > 200 && blue < 60 ? "red" : blue > 200 && red < 60 ? "blue" : `${red}, ${blue}`;
    };
    return {
      address: image.getAttribute("src") ?? "",
      width,
      height,
      colours: [colourAt(4), colourAt(width - 5)],
    };
  });
}

/** Gives a function that touches an element with fingers, at places within the element. */
export async function fingersOn(element: Locator) {
  const box = await element.boundingBox();
  if (!box) throw new Error("The element is not visible.");
  const browser = await element.page().context().newCDPSession(element.page());
  return {
    touch: (type: "touchStart" | "touchMove" | "touchEnd", ...places: [x: number, y: number][]) =>
      browser.send("Input.dispatchTouchEvent", {
        type,
        touchPoints: places.map(([x, y], id) => ({ x: box.x + x, y: box.y + y, id })),
      }),
  };
}
