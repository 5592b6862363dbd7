import { ELECTRIC_PROTOCOL_QUERY_PARAMS } from "@electric-sql/client";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { openApp } from "../../test/app";
import { startUpstream } from "../../test/upstream";

type App = Awaited<ReturnType<typeof openApp>>;
let app: App;
let upstream: Awaited<ReturnType<typeof startUpstream>>;
let GET: (context: { request: Request }) => Promise<Response>;

beforeAll(async () => {
  upstream = await startUpstream((_request, response) => response.end("[]"));
  app = await openApp(upstream.url);
  const { serveShape } = await import("~/lib/electric-proxy");
  const { selectUserSchema, user, userAccess } = await import("@tracer/core/auth/auth.sql");
  GET = serveShape({ table: user, schema: selectUserSchema, access: userAccess });
});

afterAll(async () => {
  await app[Symbol.asyncDispose]();
  await upstream[Symbol.asyncDispose]();
});

const ask = (query: string, headers: HeadersInit) =>
  GET({ request: new Request(`${app.origin}/api/users?${query}`, { headers }) });

const asked = () => new URL(upstream.requests.at(-1)?.url ?? "", upstream.url).searchParams;

test("asks Electric for the caller's own row, its columns named, in the form that Electric accepts", async () => {
  const ada = await app.signUp();
  expect((await ask("offset=-1", ada.headers)).status).toBe(200);
  expect(Object.fromEntries(asked())).toEqual({
    offset: "-1",
    table: '"user"',
    where: '"id" = $1',
    "params[1]": ada.id,
    columns: '"id","name","email","email_verified","image","created_at","updated_at"',
    queryable_columns: '"id","name","email","email_verified","image","created_at","updated_at"',
    source_id: "source-1",
    secret: "s3cret-of-the-source",
  });
});

test("nothing that a client sends changes the shape that is asked for", async () => {
  const ada = await app.signUp();
  await ask("offset=-1", ada.headers);
  const definition = (query: URLSearchParams) =>
    [...query].filter(([name]) => !ELECTRIC_PROTOCOL_QUERY_PARAMS.includes(name)).sort();
  const wanted = definition(asked());

  const name = fc.oneof(
    fc.constantFrom(
      ...["table", "where", "columns", "queryable_columns", "params[1]", "params", "params[2]", "replica"],
      ...["secret", "api_secret", "source_id", "database_id", "Table", "TABLE", "table[]", "%74able"],
      ...ELECTRIC_PROTOCOL_QUERY_PARAMS.filter((known) => !known.startsWith("subset__")),
    ),
    fc.string(),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(name, fc.string()), { maxLength: 8 }), async (pairs) => {
      const before = upstream.requests.length;
      const query = new URLSearchParams(pairs).toString();
      const answer = await ask(query, ada.headers);
      if (pairs.some(([sent]) => sent.startsWith("subset__"))) expect(answer.status).toBe(400);
      else {
        expect(upstream.requests).toHaveLength(before + 1);
        expect(definition(asked())).toEqual(wanted);
      }
    }),
    { numRuns: 200 },
  );
});

test("keeps what the client needs to recover from an expired handle", async () => {
  const ada = await app.signUp();
  await ask("offset=-1&expired_handle=12-34&cache-buster=abc&log=full&cursor=7", ada.headers);
  expect(Object.fromEntries(asked())).toMatchObject({
    expired_handle: "12-34",
    "cache-buster": "abc",
    cursor: "7",
  });
});

test.for(["subset__where", "subset__limit", "subset__order_by", "subset__params", "subset__anything"])(
  "refuses %s, since the table is synced whole",
  async (name) => {
    const ada = await app.signUp();
    const before = upstream.requests.length;
    const answer = await ask(`offset=-1&${name}=1`, ada.headers);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toEqual({ message: expect.stringContaining(name) });
    expect(upstream.requests).toHaveLength(before);
  },
);

test.for([
  ["no cookie", {}],
  ["a made-up cookie", { cookie: "better-auth.session_token=made.up" }],
  [
    "a cookie with a forged copy of a session",
    { cookie: `better-auth.session_data=${btoa('{"session":{}}')}` },
  ],
] as const)("answers 401 as JSON for %s and asks Electric nothing", async ([, headers]) => {
  const before = upstream.requests.length;
  const answer = await ask("offset=-1", headers);
  expect(answer.status).toBe(401);
  expect(await answer.json()).toEqual({ message: "Sign in to sync." });
  expect(answer.headers.get("cache-control")).toBe("private, no-store");
  expect(upstream.requests).toHaveLength(before);
});

test("answers 401 when the session has expired", async () => {
  const ada = await app.signUp();
  await app.sql.query("update session set expires_at = now() - interval '1 second' where user_id = $1", [
    ada.id,
  ]);
  const tokenAlone = ada.headers.cookie.split("; ").filter((part) => part.includes("session_token"));
  const answer = await ask("offset=-1", { cookie: tokenAlone.join() });
  expect(answer.status).toBe(401);
});

test("answers 401 to a page that holds another user's rows", async () => {
  const ada = await app.signUp();
  const bob = await app.signUp("Bob");
  const answer = await ask("offset=-1", { ...bob.headers, "x-tracer-user": ada.id });
  expect(answer.status).toBe(401);
  expect((await ask("offset=-1", { ...bob.headers, "x-tracer-user": bob.id })).status).toBe(200);
});

test("believes the cookie's copy of the session, so that a poll costs no statement", async () => {
  const ada = await app.signUp();
  await app.sql.query("alter table session rename to session_away");
  try {
    expect((await ask("offset=-1", ada.headers)).status).toBe(200);
  } finally {
    await app.sql.query("alter table session_away rename to session");
  }
});

test("answers 503 when the session has to be looked up and the database fails", async () => {
  const log = vi.spyOn(console, "error").mockImplementation(() => {});
  const ada = await app.signUp();
  const tokenAlone = ada.headers.cookie.split("; ").filter((part) => part.includes("session_token"));
  await app.sql.query("alter table session rename to session_away");
  try {
    const answer = await ask("offset=-1", { cookie: tokenAlone.join() });
    expect(answer.status).toBe(503);
    expect(answer.headers.get("cache-control")).toBe("private, no-store");
    const token = tokenAlone.join().split("=")[1] ?? "no token";
    expect(log.mock.lastCall?.join()).toContain('relation "session" does not exist');
    expect(log.mock.lastCall?.join()).not.toContain(decodeURIComponent(token).split(".")[0]);
  } finally {
    await app.sql.query("alter table session_away rename to session");
    log.mockRestore();
  }
});

test("refuses to define a shape whose schema names no column of the table", async () => {
  const { shapeDefinition } = await import("~/lib/electric-proxy");
  const { user, userAccess } = await import("@tracer/core/auth/auth.sql");
  const { z } = await import("zod");
  const policy = { table: user, schema: z.object({ id: z.string(), nope: z.string() }), access: userAccess };
  expect(() => shapeDefinition(policy, "u")).toThrow(
    'Shape of user: the schema\'s "nope" is no column of the table.',
  );
});
