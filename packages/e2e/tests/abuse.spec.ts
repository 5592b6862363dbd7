import { signUpAt } from "../src/person.ts";
import { expect, test } from "../src/test.ts";
import { unfinishedPost } from "../src/unfinished.ts";

// One client asks the production build for more than a fair share. The tests count answers; `npm run bench:abuse` has the
// times.

test("of one user's flood of writes some are refused at once in tRPC's form, and another user's are all saved", async ({
  app,
  log,
}) => {
  const [eve, ada] = [await signUpAt(app), await signUpAt(app)];
  const write = ({ id, headers }: typeof eve, name: string) =>
    fetch(`${app.url}/api/trpc/users.update`, {
      method: "POST",
      headers: { ...headers, "content-type": "application/json" },
      body: JSON.stringify({ id, name }),
    });
  const flood = Promise.all(Array.from({ length: 400 }, (_, n) => write(eve, `Eve ${n}`)));
  for (let n = 0; n < 5; n++) expect((await write(ada, `Ada ${n}`)).status).toBe(200);
  const answers = await flood;
  const refused = answers.filter(({ status }) => status === 429);
  expect(refused.length).toBeGreaterThan(0);
  expect(answers.filter(({ status }) => status !== 200 && status !== 429)).toEqual([]);
  expect(refused[0]?.headers.get("retry-after")).toMatch(/^\d+$/);
  expect(await refused[0]?.json()).toMatchObject({
    error: { data: { code: "TOO_MANY_REQUESTS", httpStatus: 429 } },
  });
  const ofEve = async () => (await log.of("limited", 1)).filter(({ user }) => user === eve.id);
  await expect
    .poll(ofEve)
    .toMatchObject([{ security: true, user: eve.id, reason: "writes", address: "127.0.0.1" }]);
});

test("a body is not read before it is known who sends it", async ({ app }) => {
  const sent = await Promise.all(
    [
      { path: "/api/trpc/push", length: 1_000_000, headers: { origin: app.url } },
      { path: "/api/trpc/push", length: 1_000_000 },
      { path: "/api/line", length: 100_000, headers: { origin: app.url } },
      { path: "/api/auth/sign-in/email", length: 1_000_000, headers: { origin: app.url } },
    ].map((request) => unfinishedPost(app.url, request)),
  );
  expect(await Promise.all(sent.map(({ status }) => status))).toEqual([401, 403, 401, 413]);
  // The server does not wait for the rest of the body.
  await Promise.all(sent.map(({ closed }) => closed));
});
