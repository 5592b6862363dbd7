import { expect, test } from "vitest";
import { approveNewAddress, newDevice } from "~/lib/server/mail/messages";

test("a message says the same as text and as HTML", () => {
  const { text, html } = approveNewAddress("https://example.com/confirm-address#approve=a.b&c");
  expect(text).toContain("https://example.com/confirm-address#approve=a.b&c\n");
  expect(html).toContain('href="https://example.com/confirm-address#approve=a.b&#38;c"');
});

test("a message about a new device names the time, and the network address where that is known", () => {
  const at = new Date("2026-11-26T21:04:59Z");
  const forgot = "https://example.com/forgot-password";
  expect(newDevice(at, "192.0.2.1", forgot).text).toContain(
    "2026-11-26 at 21:04 UTC, from the network address 192.0.2.1.",
  );
  expect(newDevice(at, undefined, forgot).text).toContain("2026-11-26 at 21:04 UTC.");
});
