import { Shape, ShapeStream } from "@electric-sql/client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type App, openApp } from "../../../../test/app";
import { startShapeServer } from "../../../../test/shape-server";
import { startWiretap } from "../../../../test/wiretap";

const stack = new AsyncDisposableStack();
let app: App;
let tap: Awaited<ReturnType<typeof startWiretap>>;
let GET: (context: { request: Request }) => Promise<Response>;

beforeAll(async () => {
  tap = stack.use(await startWiretap());
  app = stack.use(
    await openApp(async (databaseUrl) => {
      tap.connect(stack.use(await startShapeServer(databaseUrl)).url);
      return tap.url;
    }),
  );
  const { serveShape } = await import("~/lib/electric-proxy");
  const { selectUserSchema, user, userAccess } = await import("@tracer/core/auth/auth.sql");
  GET = serveShape({ table: user, schema: selectUserSchema, access: userAccess });
});

afterAll(() => stack.disposeAsync());

test("the official client recovers from a lost shape with three requests through the proxy", async () => {
  const ada = await app.signUp();
  const left = new AbortController();
  const stream = new ShapeStream({
    url: `${app.origin}/api/users`,
    fetchClient: (url, init) => GET({ request: new Request(String(url), { ...init, headers: ada.headers }) }),
    signal: left.signal,
  });
  const shape = new Shape(stream);
  const comes = (name: string) =>
    new Promise<void>((done) => {
      shape.subscribe(({ rows }) => rows[0]?.name === name && done());
    });
  await comes("Ada");
  const rename = async (name: string) => {
    const come = comes(name);
    await app.sql.query(`update "user" set name = $2 where id = $1`, [ada.id, name]);
    await come;
  };

  // Electric ends a shape when the type of a column changes between two changes of the table.
  await rename("Countess");
  await app.sql.query('alter table "user" alter column name type varchar(200)');
  const before = tap.asked.length;
  await rename("Risen");
  left.abort();
  const asked = tap.asked.slice(before);
  const recovering = asked.filter((url) => url.searchParams.get("live") !== "true");
  expect(recovering.length, asked.map((url) => url.search).join("\n")).toBeLessThanOrEqual(3);
  // The parameter that keeps caches from answering with the old handle has passed the proxy.
  expect(recovering[0]?.searchParams.get("expired_handle") ?? "").not.toBe("");
});
