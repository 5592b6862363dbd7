import { expect, test } from "vitest";
import { networksOf, widestNetwork } from "./networks";

const namesOf = (address: string) => networksOf(address).map(({ name }) => name);

test("counts an IPv4 address as itself, however it is written", () => {
  expect(namesOf("192.0.2.7")).toEqual(["192.0.2.7"]);
  expect(namesOf("::ffff:192.0.2.7")).toEqual(["192.0.2.7"]);
});

test("counts IPv6 by /64 and by /48", () => {
  const [home, provider] = namesOf("2001:db8:1:2:3:4:5:6");
  expect(namesOf("2001:DB8:1:2:ffff::9")).toEqual([home, provider]);
  expect(namesOf("2001:db8:1:3::1")).toEqual([expect.not.stringContaining(String(home)), provider]);
  expect(namesOf("2001:db8:2:2::1")[1]).not.toBe(provider);
});

test("has one lane for all of a /48, and one for everybody whose address is not known", () => {
  expect(widestNetwork("2001:db8:1:2::1")).toBe(widestNetwork("2001:db8:1:9::1"));
  expect(widestNetwork(undefined)).toBe("unknown");
});
