import { randomUUID } from "node:crypto";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { inspectHeader, moment, momentsHeader, parseMoments } from "~/lib/wire/moments";
import type { PushAnswer, PushedTransaction } from "~/lib/wire/push";
import { type App, openApp, type Person } from "../../../../test/app";
import { createExampleTables } from "../../../../test/example/tables";
import { seen } from "../../../../test/seen";

let app: App;
let ada: Person;
let bob: Person;
let POST: (context: { request: Request }) => Promise<Response>;

beforeAll(async () => {
  app = await openApp("http://127.0.0.1:1", createExampleTables);
  POST = (await import("../../../../test/example/server")).exampleTrpc;
  [ada, bob] = [await app.signUp("Ada"), await app.signUp("Bob")];
});

afterAll(() => app[Symbol.asyncDispose]());

interface Answer {
  status: number;
  data: (PushAnswer & { txid: number }) | undefined;
  error:
    | { message: string; data: { code: string; httpStatus: number; fields?: Record<string, string> } }
    | undefined;
}

async function ask(path: string, input: object, headers: Record<string, string>): Promise<Answer> {
  const request = new Request(`${app.origin}/api/trpc/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(input),
  });
  const answer = await POST({ request });
  const { result, error } = await answer.json();
  return { status: answer.status, data: result?.data, error };
}

const push = (transactions: PushedTransaction[], { headers }: Person = ada) =>
  ask("push", { transactions }, headers);

/** Pushes one transaction and returns its outcome. */
async function outcomeOf(transaction: PushedTransaction, person: Person = ada) {
  const { status, data } = await push([transaction], person);
  expect(status).toBe(200);
  const [outcome] = data?.outcomes ?? [];
  if (!outcome) throw new Error("no outcome");
  return outcome;
}

const insertNote = (id: string, body = "Hers") => ({
  path: "notes.insert",
  input: { id, body, sharedWith: [] },
});
const updateNote = (id: string, body: string) => ({ path: "notes.update", input: { id, body } });
const insertProject = (id: string) => ({
  path: "projects.insert",
  input: { id, name: "House", settings: {} },
});

const transactionOf = (...operations: PushedTransaction["operations"]) => ({ id: randomUUID(), operations });

async function noteOf(id: string) {
  const { rows } = await app.sql.query(
    "select author_id, body, xmin::text::bigint::text as txid from note where id = $1",
    [id],
  );
  return rows[0] as { author_id: string; body: string; txid: string } | undefined;
}

const outcomesOf = async (id: string) =>
  (await app.sql.query("select user_id, outcome from client_transaction where id = $1", [id])).rows;

test("writes operations on several tables in one transaction, and answers its txid", async () => {
  const [project, note] = [randomUUID(), randomUUID()];
  const member = {
    path: "projectMembers.insert",
    input: { id: randomUUID(), projectId: project, userId: bob.id },
  };
  const outcome = await outcomeOf(transactionOf(insertProject(project), member, insertNote(note)));
  const { rows } = await app.sql.query(
    `select xmin::text from project where id = $1
     union all select xmin::text from project_member where project_id = $1`,
    [project],
  );
  const written = [...rows.map(({ xmin }) => Number(xmin)), Number((await noteOf(note))?.txid)];
  expect(new Set(written).size).toBe(1);
  expect(outcome).toMatchObject({ txid: written[0] });
});

test("an edit of one row takes two round trips to Postgres", async () => {
  const note = randomUUID();
  await outcomeOf(transactionOf(insertNote(note)));
  using sent = vi.spyOn(WebSocket.prototype, "send");
  expect(await outcomeOf(transactionOf(updateNote(note, "Quick")))).toHaveProperty("txid");
  const messages = sent.mock.calls
    .map(([message]) => Buffer.from(message as Uint8Array).toString("latin1"))
    .filter((text) => /from "session"|"note"|client_transaction"|commit/.test(text));
  expect(messages).toEqual([
    expect.stringMatching(
      /begin.*from "session".*insert into "client_transaction".*update "note".*from "note"/s,
    ),
    expect.stringContaining("commit"),
  ]);
});

test("statements that travel together fail together, and none runs after the end of their transaction", async () => {
  const { db } = await import("@tracer/core/drizzle/database");
  const over = await db.transaction(async (tx) => {
    const [first, broken, skipped] = await Promise.allSettled([
      tx.execute(sql`select ${1}::int as one`),
      tx.execute(sql`select 1 / ${0}::int`),
      tx.execute(sql`select 2 as two`),
    ]);
    expect(first).toMatchObject({ status: "fulfilled", value: { rows: [{ one: 1 }] } });
    for (const one of [broken, skipped]) {
      expect(one).toMatchObject({ status: "rejected", reason: { cause: { message: "division by zero" } } });
    }
    return tx;
  });
  await expect(over.execute(sql`select 1`)).rejects.toMatchObject({
    cause: { message: "This transaction is over." },
  });
  expect((await db.execute(sql`select 3 as three`)).rows).toEqual([{ three: 3 }]);
});

test("writes and records nothing when the session was revoked a moment ago, and then asks for a sign-in", async () => {
  const eve = await app.signUp("Eve");
  const [before, late] = [transactionOf(insertNote(randomUUID())), transactionOf(insertNote(randomUUID()))];
  expect(await outcomeOf(before, eve)).toHaveProperty("txid");
  await app.sql.query("delete from session where user_id = $1", [eve.id]);
  // Not even the outcome of an earlier edit is told.
  for (const { id, operations } of [late, before]) {
    const { status, data, error } = await push([{ id, operations }], eve);
    expect([status, data, error?.data.code]).toEqual([401, undefined, "UNAUTHORIZED"]);
  }
  expect(await outcomesOf(late.id)).toEqual([]);
  expect((await outcomesOf(before.id)).length).toBe(1);
});

test("writes nothing of a transaction when one operation is refused", async () => {
  const [project, note] = [randomUUID(), randomUUID()];
  const foreign = {
    path: "projectMembers.insert",
    input: { id: randomUUID(), projectId: randomUUID(), userId: bob.id },
  };
  const outcome = await outcomeOf(transactionOf(insertProject(project), insertNote(note), foreign));
  expect(outcome).toMatchObject({
    refusal: { code: "FORBIDDEN", message: "You can change only what is yours." },
  });
  const { rows } = await app.sql.query("select id from project where id = $1", [project]);
  expect([rows, await noteOf(note)]).toEqual([[], undefined]);
});

test("answers a repetition with the first outcome, and writes once", async () => {
  const note = randomUUID();
  const first = transactionOf(insertNote(note, "First"));
  const outcome = await outcomeOf(first);
  await outcomeOf(transactionOf(updateNote(note, "Second")));
  expect(await outcomeOf(first)).toEqual(outcome);
  expect((await noteOf(note))?.body).toBe("Second");
});

test("writes a transaction once when five requests send it at the same time", async () => {
  const note = randomUUID();
  const transaction = transactionOf(insertNote(note));
  const outcomes = await Promise.all(Array.from({ length: 5 }, () => outcomeOf(transaction)));
  expect(new Set(outcomes.map((outcome) => JSON.stringify(outcome))).size).toBe(1);
  expect(outcomes[0]).toEqual({ id: transaction.id, txid: Number((await noteOf(note))?.txid) });
});

test("goes on refusing a delayed duplicate of a refused transaction when the cause has gone", async () => {
  const note = randomUUID();
  const early = transactionOf(updateNote(note, "Too early"));
  const refused = await outcomeOf(early);
  expect(refused).toMatchObject({ refusal: { code: "FORBIDDEN" } });
  await outcomeOf(transactionOf(insertNote(note)));
  expect(await outcomeOf(early)).toEqual(refused);
  expect((await noteOf(note))?.body).toBe("Hers");
  expect(await outcomeOf(transactionOf(...early.operations))).toHaveProperty("txid");
});

test("does not find the record of another user with the same id", async () => {
  const note = randomUUID();
  const hers = transactionOf(insertNote(note));
  const outcome = await outcomeOf(hers);
  const other = randomUUID();
  const his = await outcomeOf({ id: hers.id, operations: [insertNote(other, "His")] }, bob);
  expect(his).not.toEqual(outcome);
  expect(await noteOf(other)).toMatchObject({ author_id: bob.id, body: "His" });
  expect(await outcomesOf(hers.id)).toHaveLength(2);
});

test("refuses other operations under an id that is in use", async () => {
  const first = transactionOf(insertNote(randomUUID()));
  const outcome = await outcomeOf(first);
  const other = randomUUID();
  const reused = await outcomeOf({ id: first.id, operations: [insertNote(other)] });
  expect(reused).toMatchObject({ refusal: { code: "CONFLICT", message: /used for another change/ } });
  expect(await noteOf(other)).toBeUndefined();
  expect(await outcomeOf(first)).toEqual(outcome);
});

test("runs transactions in their order, each independent of the others", async () => {
  const note = randomUUID();
  const bodies = Array.from({ length: 20 }, (_, index) => `${index}`);
  const { data } = await push([
    transactionOf(insertNote(note)),
    transactionOf(updateNote(randomUUID(), "none")),
    ...bodies.map((body) => transactionOf(updateNote(note, body))),
  ]);
  expect(data?.outcomes.map((outcome) => "txid" in outcome)).toEqual([
    true,
    false,
    ...bodies.map(() => true),
  ]);
  expect((await noteOf(note))?.body).toBe("19");
});

test("refuses a transaction after a refused one that it names, and records that refusal too", async () => {
  const note = randomUUID();
  await outcomeOf(transactionOf(insertNote(note)));
  const bad = transactionOf(updateNote(note, "a"), updateNote(randomUUID(), "b"));
  const next = { ...transactionOf(updateNote(note, "c")), after: [bad.id] };
  const { data } = await push([bad, next]);
  const message = "An earlier change of the same row was refused.";
  expect(data?.outcomes[1]).toMatchObject({ refusal: { code: "CONFLICT", message } });
  expect(await outcomeOf(next)).toEqual(data?.outcomes[1]);
  expect((await noteOf(note))?.body).toBe("Hers");
});

test("refuses more operations than one transaction may hold, and more transactions than one request may", async () => {
  const note = randomUUID();
  const many = (length: number) => Array.from({ length }, () => updateNote(note, "again"));
  const long = await push([transactionOf(insertNote(note), ...many(100))]);
  expect([long.status, long.error?.message]).toEqual([400, "A change may hold at most 100 operations."]);
  const crowd = await push(many(51).map((operation) => transactionOf(operation)));
  expect([crowd.status, crowd.error?.message]).toEqual([400, "A request may hold at most 50 changes."]);
  expect(await noteOf(note)).toBeUndefined();
  expect(await outcomeOf(transactionOf(insertNote(note), ...many(99)))).toHaveProperty("txid");
});

test.each([
  ["no session", { cookie: "" }, 401],
  ["another site's page", { origin: "https://evil.example" }, 403],
  ["a page of another user", { "x-tracer-user": "somebody" }, 401],
])("refuses a request from %s", async (_, headers, status) => {
  const note = randomUUID();
  const answer = await ask(
    "push",
    { transactions: [transactionOf(insertNote(note))] },
    { ...ada.headers, ...headers },
  );
  expect(answer.status).toBe(status);
  expect(await noteOf(note)).toBeUndefined();
});

test.each(["push", "notes", "notes.read", "constructor", "notes.insert.call", "__proto__"])(
  "finds no procedure at %s",
  async (path) => {
    const outcome = await outcomeOf(transactionOf({ path, input: {} }));
    expect(outcome).toMatchObject({ refusal: { code: "NOT_FOUND" } });
  },
);

test("names the fields that are wrong, in words for people", async () => {
  const operation = {
    path: "projects.insert",
    input: { id: "1", name: "x".repeat(121), settings: {}, floors: "two", status: null },
  };
  const own = await ask("projects.insert", operation.input, ada.headers);
  expect(own.error?.data.fields).toEqual({
    id: "This is not in the expected form.",
    name: "Use at most 120 characters.",
    floors: "Enter a number.",
    status: "Fill this in.",
  });
  const { code, fields } = own.error?.data ?? {};
  const outcome = await outcomeOf(transactionOf(operation));
  expect(outcome).toMatchObject({ refusal: { code, fields, message: own.error?.message } });
});

test("does not record a failure that passes, and writes the remaining transactions later", async () => {
  const [before, note, after] = [randomUUID(), randomUUID(), randomUUID()];
  await outcomeOf(transactionOf(insertNote(note)));
  const transactions = [
    transactionOf(insertNote(before)),
    transactionOf(insertNote(after), updateNote(note, "Later")),
    transactionOf(updateNote(before, "Last")),
  ];
  await app.sql.query("begin");
  await app.sql.query("select from note where id = $1 for update", [note]);
  const pushed = push(transactions);
  const waiting = "from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
  await seen(async () => {
    const { rows } = await app.sql.query(`select pg_terminate_backend(pid) ${waiting}`);
    expect(rows).toHaveLength(1);
  });
  const { data } = await pushed;
  await app.sql.query("commit");
  expect([data?.outcomes.length, data?.retry]).toEqual([1, true]);
  expect(await noteOf(after)).toBeUndefined();

  const again = await push(transactions);
  expect(again.data?.outcomes[0]).toEqual(data?.outcomes[0]);
  expect(again.data?.outcomes.map((outcome) => "txid" in outcome)).toEqual([true, true, true]);
  expect([(await noteOf(note))?.body, (await noteOf(before))?.body]).toEqual(["Later", "Last"]);
});

test("tries again after an unexpected failure, and refuses a transaction that goes on failing", async () => {
  using _log = vi.spyOn(console, "error").mockImplementation(() => {});
  await app.sql.query(`
    create sequence failures;
    create function fail() returns trigger language plpgsql as $$ begin
      if new.body = 'always' or (new.body = 'once' and nextval('failures') = 1) then raise 'broken' using errcode = 'XX000'; end if;
      return new;
    end $$;
    create trigger fails before update on note for each row execute function fail()`);
  const note = randomUUID();
  await outcomeOf(transactionOf(insertNote(note)));
  expect(await outcomeOf(transactionOf(updateNote(note, "once")))).toHaveProperty("txid");
  const always = transactionOf(updateNote(note, "always"));
  const refused = await outcomeOf(always);
  expect(refused).toMatchObject({ refusal: { code: "INTERNAL_SERVER_ERROR", message: /nothing was saved/ } });
  await app.sql.query("drop trigger fails on note");
  expect(await outcomeOf(always)).toEqual(refused);
  expect((await noteOf(note))?.body).toBe("once");
});

test("writes a call with an Idempotency-Key once, and records its refusal", async () => {
  const note = randomUUID();
  const key = () => ({ ...ada.headers, "idempotency-key": randomUUID() });
  const keys = [key(), key(), key()] as const;
  const early = await ask("notes.update", { id: note, body: "Early" }, keys[0]);
  expect(early.status).toBe(403);
  const first = await ask("notes.insert", insertNote(note).input, keys[1]);
  expect(first.data?.txid).toBe(Number((await noteOf(note))?.txid));
  expect(await ask("notes.insert", insertNote(note).input, keys[1])).toEqual(first);
  expect(await ask("notes.update", { id: note, body: "Early" }, keys[0])).toEqual(early);
  expect((await ask("notes.update", { id: note, body: "Other" }, keys[1])).status).toBe(409);
  const odd = await ask("notes.update", { id: note, body: "x" }, { ...ada.headers, "idempotency-key": "7" });
  expect([odd.status, odd.error?.message]).toEqual([400, "The Idempotency-Key must be a UUID."]);
  expect((await noteOf(note))?.body).toBe("Hers");
});

test("answers the message of a constraint with its field, even when Postgres checks it only at the commit", async () => {
  await app.sql.query(
    `delete from note;
     alter table note add constraint note_body_key unique (body, author_id) deferrable initially deferred`,
  );
  const { handleTrpc, router } = await import("~/lib/trpc");
  const { mutationsOf } = await import("~/lib/server/trpc/mutations");
  const { insertNoteSchema, note, noteAccess } = await import("../../../../test/example/note.sql");
  const message = "You have a note with this text already.";
  const constraints = { note_body_key: { field: "body", message } };
  const notes = mutationsOf(note, noteAccess, { constraints });
  const example = POST;
  POST = handleTrpc(
    router({ notes: router({ insert: notes.insert(insertNoteSchema, { owner: "authorId" }) }) }),
  );
  const body = randomUUID();
  await outcomeOf(transactionOf(insertNote(randomUUID(), body)));
  const refusal = { code: "CONFLICT", message, fields: { body: message } };
  expect(await outcomeOf(transactionOf(insertNote(randomUUID(), body)))).toMatchObject({ refusal });
  const alone = await ask("notes.insert", insertNote(randomUUID(), body).input, ada.headers);
  expect([alone.status, alone.error?.message, alone.error?.data.fields]).toEqual([
    409,
    message,
    { body: message },
  ]);
  POST = example;
});

test("deletes outcomes that are too old, and no others", async () => {
  const { pruneOutcomes } = await import("./prune");
  const [old, young] = [transactionOf(insertNote(randomUUID())), transactionOf(insertNote(randomUUID()))];
  await outcomeOf(old);
  await outcomeOf(young);
  await app.sql.query("update client_transaction set created_at = now() - interval '31 days' where id = $1", [
    old.id,
  ]);
  await pruneOutcomes(Date.now() + 3_600_000);
  expect([await outcomesOf(old.id), (await outcomesOf(young.id)).length]).toEqual([[], 1]);
});

test("says when the server had the request and the answer, to a page that inspects the sync and to no other", async () => {
  const pushed = async (headers: object) => {
    const request = new Request(`${app.origin}/api/trpc/push`, {
      method: "POST",
      headers: { "content-type": "application/json", ...ada.headers, ...headers },
      body: JSON.stringify({ transactions: [transactionOf(insertNote(randomUUID()))] }),
    });
    return (await POST({ request })).headers;
  };
  const before = moment();
  const told = parseMoments((await pushed({ [inspectHeader]: "1" })).get(momentsHeader) ?? "");
  expect(told.received).toBeGreaterThanOrEqual(before - 1);
  expect(told.answered).toBeGreaterThan(told.received ?? Number.NaN);
  expect(told.answered).toBeLessThanOrEqual(moment() + 1);
  expect((await pushed({})).has(momentsHeader)).toBe(false);
});
