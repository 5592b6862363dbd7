import { expect, type Page } from "@playwright/test";

/**
 * Opens the page of the outbox and waits for a mail.
 *
 * @returns the address of the link in the mail
 */
export async function linkInMail(
  page: Page,
  outboxUrl: string,
  { to, subject }: { to: string; subject: string },
): Promise<string> {
  await page.goto(outboxUrl);
  const mail = page
    .getByRole("article")
    .filter({ hasText: to })
    .filter({ has: page.getByRole("heading", { name: subject, exact: true }) })
    .first();
  await expect(mail).toBeVisible();
  return (await mail.locator(".text").getByRole("link").first().getAttribute("href")) ?? "";
}
