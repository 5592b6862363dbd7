import { expect, test } from "vitest";
import { ownAddress } from "./own-address";

const local = "http://localhost:3000";
const get = (url: string) => ({ method: "GET", url });

test.for(["127.0.0.1", "127.9.8.7", "127.1", "2130706433", "[::1]", "[0:0:0:0:0:0:0:1]", "app.localhost"])(
  "a page at %s is led to localhost, path and query included",
  (host) => {
    expect(ownAddress(get(`http://${host}:3000/profile?a=1&b=%2F`), local)).toBe(
      `${local}/profile?a=1&b=%2F`,
    );
  },
);

test("a site at 127.0.0.1 is where localhost leads to", () => {
  expect(ownAddress(get("http://localhost:3000/"), "http://127.0.0.1:3000")).toBe("http://127.0.0.1:3000/");
});

test("HTTPS in development and the default ports are no different", () => {
  expect(ownAddress(get("https://127.0.0.1:3000/"), "https://localhost:3000")).toBe(
    "https://localhost:3000/",
  );
  expect(ownAddress(get("http://127.0.0.1/"), "http://localhost/")).toBe("http://localhost/");
});

test.for(["//evil.example/", "/\\evil.example", "/@evil.example", "/.evil.example", "/http://evil.example"])(
  "the path %s does not lead to another site",
  (path) => {
    const led = ownAddress(get(`http://127.0.0.1:3000${path}`), local);
    expect(led && new URL(led).origin).toBe(local);
  },
);

test.for([
  ["the page's own address", "http://localhost:3000/", local],
  ["another port, as behind a tunnel", "http://127.0.0.1:8080/", local],
  ["a name that is not this machine's", "http://evil.example:3000/", local],
  ["a name that only begins or ends like one", "http://127.0.0.1.evil.example:3000/", local],
  ["a name that ends in localhost without a dot", "http://evillocalhost:3000/", local],
  ["a deployed site that is asked for by its address", "https://127.0.0.1/", "https://example.com"],
  ["a deployed site behind a proxy", "http://localhost:3000/", "https://example.com:3000"],
  ["the API", "http://127.0.0.1:3000/api/users?offset=-1", local],
  ["a server function", "http://127.0.0.1:3000/_serverFn/abc", local],
] as const)("%s is left alone", ([, url, site]) => {
  expect(ownAddress(get(url), site)).toBeUndefined();
});

test.for(["POST", "PUT", "DELETE", "OPTIONS"])("%s is left alone", (method) => {
  expect(ownAddress({ method, url: "http://127.0.0.1:3000/" }, local)).toBeUndefined();
});
