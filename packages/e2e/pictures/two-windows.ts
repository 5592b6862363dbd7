import type { BrowserContext, Page } from "@playwright/test";
import { animatedPng, type Frame } from "./animated-png.ts";

/** The size of a window, in CSS pixels. */
const size = { width: 400, height: 520 };

/** The part of the picture that holds the left window. */
const leftHalf = { x: 0, y: 0, width: size.width + 36, height: size.height + 80 };

const colours = {
  light: { ground: "#e7e3da", bar: "#f3f0e9", line: "#d5d0c5", text: "#5b5f6b" },
  dark: { ground: "#0b0d12", bar: "#1b1f28", line: "#333945", text: "#a9adb8" },
};

/** Films two windows of one person: a name is typed and saved in the left one, and both show the name. */
export async function filmTwoWindows(
  context: BrowserContext,
  colorScheme: keyof typeof colours,
): Promise<Buffer> {
  const left = await openWindow(context);
  const right = await openWindow(context);
  const stage = await context.newPage();
  await stage.setViewportSize({ width: 2 * size.width + 72, height: size.height + 80 });
  const frames: Frame[] = [];
  const shoot = async (milliseconds: number, clip?: typeof leftHalf) => {
    const windows = [await picture(left), await picture(right)];
    await stage.setContent(staged(windows, colours[colorScheme]));
    frames.push({
      png: await stage.screenshot({ ...(clip && { clip }) }),
      from: { x: 0, y: 0 },
      milliseconds,
    });
  };

  await shoot(1_400);
  await left.getByRole("button", { name: "Edit profile" }).click();
  const field = left.getByLabel("Name");
  await field.waitFor();
  await shoot(700, leftHalf);
  for (const typed of ["A", "Augu", "Augusta", "Augusta Ada", "Augusta Ada King"]) {
    await field.fill(typed);
    await shoot(220, leftHalf);
  }
  await left.getByRole("button", { name: "Save" }).click();
  await right.getByRole("heading", { name: "Augusta Ada King" }).waitFor();
  await left.getByRole("button", { name: "Edit profile" }).waitFor();
  await shoot(2_600);
  for (const page of [left, right, stage]) await page.close();
  return animatedPng(frames);
}

async function openWindow(context: BrowserContext): Promise<Page> {
  const page = await context.newPage();
  await page.setViewportSize(size);
  await page.goto("/profile");
  await page.getByRole("status", { name: "Sync: live" }).waitFor();
  return page;
}

async function picture(page: Page): Promise<string> {
  const png = await page.screenshot({ animations: "disabled" });
  return `data:image/png;base64,${png.toString("base64")}`;
}

/** The pictures of the windows side by side, each in a frame. */
function staged(windows: readonly string[], { ground, bar, line, text }: (typeof colours)["light"]): string {
  const framed = windows.map(
    (source, index) =>
      `<figure><figcaption>window ${index + 1}</figcaption><img src="${source}" width="${size.width}"></figure>`,
  );
  return `<style>
    body { margin: 0; padding: 20px; display: flex; gap: 30px; background: ${ground}; font: 12px system-ui, sans-serif }
    figure { margin: 0; overflow: hidden; border: 1px solid ${line}; border-radius: 10px }
    figcaption { padding: 8px 14px; background: ${bar}; color: ${text}; border-bottom: 1px solid ${line} }
    img { display: block }
  </style>${framed.join("")}`;
}
