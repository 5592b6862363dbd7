import { expect, test } from "vitest";
import { addressHeader, clientAddress } from "./client-address";

const asking = (headers: Record<string, string>, ip?: string) => ({ headers: new Headers(headers), ip });

test("by default believes no header, and takes whoever opened the connection", () => {
  const headers = { [addressHeader]: "10.0.0.1", "x-forwarded-for": "10.0.0.2", "x-real-ip": "10.0.0.3" };
  expect(clientAddress(asking(headers, "192.0.2.7"), undefined)).toBe("192.0.2.7");
  expect(clientAddress(asking(headers, "192.0.2.7"), "")).toBe("192.0.2.7");
  expect(clientAddress(asking(headers), "")).toBeUndefined();
});

test("believes the header that the deployment names, and no other", () => {
  const headers = { "x-real-ip": "10.0.0.3", "x-forwarded-for": "10.0.0.2" };
  expect(clientAddress(asking(headers, "192.0.2.7"), "X-Real-IP")).toBe("10.0.0.3");
  expect(clientAddress(asking({}, "192.0.2.7"), "x-real-ip")).toBeUndefined();
});

test("takes the address that the proxy has added, after those that the client wrote", () => {
  const headers = { "x-forwarded-for": "10.9.9.9, 10.8.8.8,2001:db8::7" };
  expect(clientAddress(asking(headers, "192.0.2.7"), "x-forwarded-for")).toBe("2001:db8::7");
});

test.for(["", "somewhere", "10.0.0.1:80", "1.2.3.4|/sign-in/email"])("takes %j for no address", (text) => {
  expect(clientAddress(asking({ "x-real-ip": text }), "x-real-ip")).toBeUndefined();
});
