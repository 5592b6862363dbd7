import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type AppBehindCloudFront, startAppBehindCloudFront } from "../src/cloudfront/app.ts";
import { functionSettings, serviceSettings, sstServerPolicy } from "../src/cloudfront/settings.ts";
import { followOwnRow } from "../src/line-client.ts";
import { type Person, signUpAt } from "../src/person.ts";
import { expect, expectProfile, openTab, rename, test as shared } from "../src/test.ts";

// The production build behind a stand-in for CloudFront, which keys, keeps and limits as the real one does.

const test = shared.extend<object, { site: AppBehindCloudFront }>({
  site: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of the fixtures from the pattern
    async ({}, use) => {
      await using site = await startAppBehindCloudFront();
      await use(site);
    },
    { scope: "worker", timeout: 120_000 },
  ],
  // The tests of this file meet the app behind the stand-in.
  app: [async ({ site }, use) => use(site), { scope: "worker" }],
});

/** The settings with SST's own cache policy for a server's answers, whose key holds no cookie. */
const asSstHasThem = {
  ...serviceSettings,
  behaviours: serviceSettings.behaviours.map((one) => ({ ...one, cachePolicyId: sstServerPolicy })),
};

test("over HTTP/2 and TLS, cookies are the host's alone, a write is confirmed and changes stream", async ({
  site,
  page,
  context,
  signUp,
  sql,
}) => {
  const first = await page.goto("/sign-in");
  expect(first?.headers()["strict-transport-security"]).toMatch(/^max-age=\d{8}/);
  const ada = await signUp(page);
  const cookies = await context.cookies();
  expect(cookies.length).toBeGreaterThan(0);
  for (const { name, secure, httpOnly } of cookies) {
    expect(name).toMatch(/^__Host-/);
    expect([secure, httpOnly]).toEqual([true, true]);
  }
  const tab = await openTab(context, ada.name);
  const written = page.waitForResponse((answer) => answer.url().includes("/api/trpc/"));
  await rename(page, "Ada King");
  expect((await written).status()).toBe(200);
  await expect(page.getByText("Saved")).toBeVisible();
  await expectProfile(tab, "Ada King");
  await sql.query(`update "user" set name = 'By hand' where email = $1`, [ada.email]);
  await expectProfile(page, "By hand");
  await expectProfile(tab, "By hand");
  expect([...site.cloudFront.versions]).toContain("2.0");
});

test("no answer of one person reaches another, and a wrong header or a wrong policy alone changes nothing", async ({
  site,
}) => {
  const [ada, bob] = [await signUpAt(site), await signUpAt(site)];
  await using careless = await startOrigin((request, response) =>
    relay(site.containers.ports()[0], request, response, { "cache-control": "public, max-age=60" }),
  );
  const origins = { careful: site.containers, careless };
  const leaks = async (settings: typeof serviceSettings, origin: keyof typeof origins) => {
    await using edge = await site.openDistribution({ settings, origin: origins[origin] });
    const paths = ["/api/users?offset=-1", "/profile", "/api/auth/get-session", "/nowhere"];
    const leaked: string[] = [];
    for (const path of paths) {
      expect((await read(edge.url + path, ada)).text, path).toContain(path === "/nowhere" ? "" : ada.email);
      if ((await read(edge.url + path, bob)).text.includes(ada.email)) leaked.push(path);
    }
    return leaked;
  };
  expect(await leaks(serviceSettings, "careful")).toEqual([]);
  expect(await leaks(serviceSettings, "careless")).toEqual([]);
  expect(await leaks(asSstHasThem, "careful")).toEqual([]);
  // Both walls are gone: the stand-in gives everybody what it keeps.
  expect(await leaks(asSstHasThem, "careless")).toEqual([
    "/api/users?offset=-1",
    "/profile",
    "/api/auth/get-session",
  ]);
});

test("the cookie that comes with an error reaches only the person of the request", async ({ site }) => {
  const [ada, bob, eve] = [await signUpAt(site), await signUpAt(site), await signUpAt(site)];
  await site.stopElectric();
  /** What Eve is sent just after another person got an error with a new signed copy of the session. */
  const cookiesOfEve = async (person: Person, errorSeconds: Record<number, number>) => {
    await using edge = await site.openDistribution({ settings: { ...serviceSettings, errorSeconds } });
    const path = `${edge.url}/api/users?offset=-1`;
    const theirs = await read(path, withoutCopy(person));
    expect([theirs.status, theirs.cookies.join()]).toEqual([503, expect.stringContaining("session_data=")]);
    return { theirs: theirs.cookies, hers: (await read(path, eve)).cookies };
  };
  expect((await cookiesOfEve(ada, serviceSettings.errorSeconds)).hers).toEqual([]);
  // By default CloudFront keeps errors with their cookies for ten seconds, whatever the policy and the headers say.
  const { theirs, hers } = await cookiesOfEve(bob, {});
  expect(hers).toEqual(theirs);
  await site.startElectric();
});

test("the origin learns the client's address and the request's id from CloudFront alone", async ({
  site,
}) => {
  await using echo = await startOrigin((request, response) => {
    response.end(JSON.stringify({ version: request.httpVersion, headers: request.headers }));
  });
  const forged = {
    "x-tracer-client-ip": "192.0.2.66",
    "x-request-id": "forged",
    "x-forwarded-host": "elsewhere.test",
    "x-kept": "yes",
  };
  await using edge = await site.openDistribution({ settings: functionSettings, origin: echo });
  const answer = await fetch(`${edge.url}/api/users`, { headers: forged });
  const { version, headers } = await answer.json();
  expect(version).toBe("1.1");
  expect(headers).toMatchObject({
    host: echo.host,
    "x-tracer-client-ip": "127.0.0.1",
    "x-request-id": answer.headers.get("x-amz-cf-id"),
    "x-forwarded-host": new URL(edge.url).host,
    "x-kept": "yes",
  });
});

test("requests and bodies over CloudFront's limits are refused, and what is just below passes", async ({
  site,
}) => {
  const ada = await signUpAt(site);
  await using edge = await site.openDistribution({ settings: functionSettings });
  const from = async (path: string, init: RequestInit = {}) => {
    const answer = await fetch(edge.url + path, { ...init, headers: { ...ada.headers, ...init.headers } });
    return { status: answer.status, byEdge: answer.headers.get("x-content-type-options") === null };
  };
  const url = (length: number) => "/api/users?offset=-1&x=".padEnd(length, "x");
  expect(await from(url(8_193))).toEqual({ status: 413, byEdge: true });
  expect(await from(url(8_192))).toEqual({ status: 200, byEdge: false });
  expect(await from("/", { headers: { long: "x".repeat(20_480) } })).toEqual({ status: 413, byEdge: true });
  const post = (length: number) =>
    from("/api/trpc/users.update", {
      method: "POST",
      headers: { "content-type": "application/json", origin: site.url },
      body: JSON.stringify({ id: ada.id, name: "" }).padEnd(length),
    });
  expect(await post(1_048_577)).toEqual({ status: 413, byEdge: true });
  expect(await post(1_048_576)).toEqual({ status: 400, byEdge: false });
});

test("a container that is drained hands its lines over, and no change and no write is lost", async ({
  site,
  page,
  signUp,
  sql,
}) => {
  const ada = await signUp(page);
  const bob = await signUpAt(site);
  const over = new AbortController();
  const seen: string[] = [];
  const followed = await followOwnRow(site.url, bob, {
    seen: (name) => seen.push(name),
    signal: over.signal,
  });
  await site.startContainer();
  const names = Array.from({ length: 40 }, (_, index) => `Change ${index}`);
  const first = site.webProcess();
  const exit = first && once(first, "exit");
  for (const [index, name] of names.entries()) {
    if (index === 10) first?.kill("SIGTERM");
    if (index === 12) await rename(page, "Written while draining");
    await sql.query('update "user" set name = $2 where id = $1', [bob.id, name]);
  }
  expect(await exit).toEqual([0, null]);
  await expect.poll(() => seen.at(-1)).toBe(names.at(-1));
  over.abort();
  expect(seen).toEqual(["Ada", ...names]);
  expect(followed.lines).toBeGreaterThan(1);
  await expectProfile(page, "Written while draining");
  await expect(page.getByText("Saved")).toBeVisible();
  await sql.query(`update "user" set name = 'After the drain' where email = $1`, [ada.email]);
  await expectProfile(page, "After the drain");
});

/** Starts an origin of the test's own. */
async function startOrigin(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const server = createServer(answer);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    host: "origin.test",
    ports: () => [port],
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

/** Asks the app, and answers with other headers in the place of the app's own. */
async function relay(
  port: number | undefined,
  { url, headers: { cookie = "" } }: IncomingMessage,
  response: ServerResponse,
  headers: Record<string, string>,
): Promise<void> {
  const answer = await fetch(`http://127.0.0.1:${port}${url}`, { headers: { cookie }, redirect: "manual" });
  response.writeHead(answer.status, { ...Object.fromEntries(answer.headers), ...headers });
  response.end(await answer.text());
}

async function read(url: string, { headers }: Pick<Person, "headers">) {
  const answer = await fetch(url, { headers, redirect: "manual" });
  return { status: answer.status, cookies: answer.headers.getSetCookie(), text: await answer.text() };
}

/** A person whose browser has thrown the signed copy of the session away, as browsers do after some seconds. */
function withoutCopy(person: Person): Person {
  const cookie = person.headers.cookie.split("; ").filter((one) => !one.includes("session_data="));
  return { ...person, headers: { ...person.headers, cookie: cookie.join("; ") } };
}
