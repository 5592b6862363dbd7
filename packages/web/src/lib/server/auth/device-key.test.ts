import { expect, test } from "vitest";
import { deviceKey } from "~/lib/server/auth/device-key";

const firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0";
const key = (userAgent: string, ipAddress: string) => deviceKey({ userAgent, ipAddress }, "secret");

test("a newer version of the browser in the same network is the same device", () => {
  const newer = firefox.replaceAll("150.0", "151.2");
  expect(key(newer, "192.0.2.77")).toBe(key(firefox, "192.0.2.1"));
  expect(key(firefox, "2001:db8:1:ffff::9")).toBe(key(firefox, "2001:db8:1:2::3"));
});

test("another browser or another network is another device", () => {
  const keys = [key(firefox, "192.0.2.1"), key("Safari", "192.0.2.1"), key(firefox, "198.51.100.1")];
  expect(new Set(keys).size).toBe(3);
});
