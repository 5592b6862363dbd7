import { randomUUID } from "node:crypto";
import * as auth from "@tracer/core/auth/auth.sql";
import type * as streams from "@tracer/core/text-stream/text-stream";
import { createTRPCClient, httpLink } from "@trpc/client";
import { generateDrizzleJson, generateMigration } from "drizzle-kit/api";
import type pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { describingLink } from "~/lib/sync/outbox/describing-link";
import { joinChunks } from "~/lib/sync/streamed-text";
import type { SyncedCollection } from "~/lib/sync/synced-collection";
import { type App, openApp, type Person } from "../app";
import { newPage, serve, stubBrowser } from "../example/browser";
import { startShapeServer } from "../shape-server";
import * as tables from "./message.sql";
import type { MessageRouter } from "./server";

type Message = tables.Message;
type MessageChunk = tables.MessageChunk;

const stack = new AsyncDisposableStack();
let app: App;
let ada: Person;
let bob: Person;
let open: (person: Person) => Promise<Page>;
let messageText: streams.TextStream;
let streamText: typeof streams.streamText;
let endSilentTexts: typeof streams.endSilentTexts;
const opened: (() => Promise<void>)[] = [];

beforeAll(async () => {
  const shapeServer = async (databaseUrl: string) => stack.use(await startShapeServer(databaseUrl)).url;
  app = stack.use(await openApp(shapeServer, createTables));
  ({ streamText, endSilentTexts } = await import("@tracer/core/text-stream/text-stream"));
  const example = await import("./server");
  messageText = example.messageText;
  const server = stack.use(await serve(app.origin, example.messageHandlers));
  ada = await app.signUp("Ada");
  bob = await app.signUp("Bob");
  stubBrowser(server.url, [ada, bob]);
  const { perUser } = await import("~/lib/sync/per-user");
  open = async (person) => {
    newPage();
    const links = [describingLink(), httpLink({ url: `${server.url}/api/trpc`, headers: person.headers })];
    const trpc = createTRPCClient<MessageRouter>({ links });
    const { collectionsFor, endCollections } = perUser(({ synced }) => ({
      messages: synced<Message>("messages", trpc.messages),
      messageChunks: synced<MessageChunk>("messageChunks", {}),
    }));
    opened.push(endCollections);
    const page = new Page(collectionsFor(person.id));
    await page.ready();
    return page;
  };
});

beforeEach(() => void vi.spyOn(console, "info").mockImplementation(() => {}));
afterEach(async () => {
  await Promise.all(opened.splice(0).map((end) => end()));
});
afterAll(async () => {
  vi.unstubAllGlobals();
  await stack.disposeAsync();
});

async function createTables(sql: pg.Client): Promise<void> {
  const before = generateDrizzleJson(auth);
  const after = generateDrizzleJson({ ...auth, ...tables }, before.id);
  for (const statement of await generateMigration(before, after)) await sql.query(statement);
  for (const table of ["message", "message_chunk"])
    await sql.query(`alter table ${table} replica identity full`);
}

interface Collections {
  messages: SyncedCollection<Message>;
  messageChunks: SyncedCollection<MessageChunk>;
}

/** A page of one person that shows messages. */
class Page {
  readonly #collections: Collections;
  /** Every text and every piece that has ever reached the page. */
  readonly received: string[] = [];

  constructor(collections: Collections) {
    this.#collections = collections;
  }

  get messages() {
    return this.#collections.messages;
  }

  async ready(): Promise<void> {
    const { messages, messageChunks } = this.#collections;
    const keep = (changes: { value: { text: string } }[]) => {
      for (const { value } of changes) this.received.push(value.text);
    };
    messages.subscribeChanges(keep);
    messageChunks.subscribeChanges(keep);
    await Promise.all([messages.preload(), messageChunks.preload()]);
  }

  /** The pieces that the page holds, in their order. */
  chunksOf(id: string): MessageChunk[] {
    return this.#collections.messageChunks.toArray
      .filter(({ messageId }) => messageId === id)
      .sort((a, b) => a.position - b.position);
  }

  textOf(id: string): string | undefined {
    const row = this.messages.get(id);
    return row && joinChunks(row.text, this.chunksOf(id));
  }
}

async function addMessage(sharedWith: string[] = []): Promise<string> {
  const id = randomUUID();
  await app.sql.query("insert into message (id, author_id, shared_with) values ($1, $2, $3)", [
    id,
    ada.id,
    sharedWith,
  ]);
  return id;
}

async function stored(id: string) {
  const { rows } = await app.sql.query("select text, state from message where id = $1", [id]);
  const chunks = await app.sql.query("select 1 from message_chunk where message_id = $1", [id]);
  return { ...rows[0], chunks: chunks.rowCount };
}

/** A source of pieces that a test feeds. */
function feed() {
  const pieces: (string | Error)[] = [];
  let ended = false;
  let wake = Promise.withResolvers<void>();
  const say = (change: () => void) => {
    change();
    wake.resolve();
  };
  async function* source(): AsyncGenerator<string> {
    for (;;) {
      const piece = pieces.shift();
      if (piece instanceof Error) throw piece;
      if (piece !== undefined) yield piece;
      else if (ended) return;
      else {
        await wake.promise;
        wake = Promise.withResolvers();
      }
    }
  }
  return {
    source,
    say: (piece: string) => say(() => pieces.push(piece)),
    fail: (reason: string) => say(() => pieces.push(new Error(reason))),
    end: () =>
      say(() => {
        ended = true;
      }),
  };
}

const seen = (check: () => void) => vi.waitFor(check, { timeout: 30_000, interval: 5 });
const options = { interval: 1 };

test("a text grows in the page of its author and of a person who comes in the middle, and ends whole", async () => {
  const id = await addMessage([bob.id]);
  const hers = await open(ada);
  const answer = feed();
  const written = streamText(messageText, id, answer.source, options);
  answer.say("The house ");
  await seen(() => expect(hers.textOf(id)).toBe("The house "));
  answer.say("has \u{1f6b2} rooms");
  await seen(() => expect(hers.textOf(id)).toBe("The house has \u{1f6b2} rooms"));
  expect(hers.messages.get(id)).toMatchObject({ state: "streaming", text: "" });

  const his = await open(bob);
  await seen(() => expect(his.textOf(id)).toBe("The house has \u{1f6b2} rooms"));
  answer.say(".");
  await seen(() => expect(his.textOf(id)).toBe("The house has \u{1f6b2} rooms."));

  answer.end();
  expect(await written).toBe("The house has \u{1f6b2} rooms.");
  expect(await stored(id)).toEqual({ text: "The house has \u{1f6b2} rooms.", state: "complete", chunks: 0 });
  for (const page of [hers, his])
    await seen(() => {
      expect(page.messages.get(id)).toMatchObject({
        state: "complete",
        text: "The house has \u{1f6b2} rooms.",
      });
      expect(page.chunksOf(id)).toEqual([]);
    });
});

test("after an unshare in the middle of a text nothing of the text arrives", async () => {
  const id = await addMessage([bob.id]);
  const hers = await open(ada);
  const his = await open(bob);
  const answer = feed();
  const written = streamText(messageText, id, answer.source, options);
  answer.say("for both ");
  await seen(() => expect(his.textOf(id)).toBe("for both "));

  await hers.messages.update(id, (draft) => {
    draft.sharedWith = [];
  }).isPersisted.promise;
  // Written after the commit of the unshare, and perhaps before Bob's page knows of the unshare.
  answer.say("for Ada alone");
  await seen(() => expect(hers.textOf(id)).toBe("for both for Ada alone"));
  await seen(() => expect(his.textOf(id)).toBeUndefined());
  await seen(() => expect(his.chunksOf(id)).toEqual([]));
  answer.end();
  await written;
  await seen(() => expect(hers.messages.get(id)?.state).toBe("complete"));

  // A message that Bob may read comes through the same shapes, so whatever was on the way is there by then.
  const later = await addMessage([bob.id]);
  await streamText(messageText, later, async function* () {
    yield "for Bob";
  });
  await seen(() => expect(his.messages.get(later)?.text).toBe("for Bob"));
  expect(his.received.filter((text) => text.includes("Ada alone"))).toEqual([]);
});

test("when the source fails, the text so far is kept as broken, and another writer can go on", async () => {
  const id = await addMessage();
  const hers = await open(ada);
  const answer = feed();
  const written = streamText(messageText, id, answer.source, options);
  answer.say("The first half");
  answer.fail("the model went away");
  await expect(written).rejects.toThrow("the model went away");
  expect(await stored(id)).toEqual({ text: "The first half", state: "broken", chunks: 0 });
  await seen(() => expect(hers.messages.get(id)?.state).toBe("broken"));

  const goOn = async function* (soFar: string) {
    yield soFar === "The first half" ? " and the second." : " and nothing.";
  };
  expect(await streamText(messageText, id, goOn)).toBe("The first half and the second.");
  await seen(() => expect(hers.messages.get(id)?.text).toBe("The first half and the second."));
  expect(await stored(id)).toMatchObject({ state: "complete", chunks: 0 });
});

test("a text whose writer has died is ended as broken, and a writer that wakes up later writes nothing", async () => {
  const id = await addMessage();
  const hers = await open(ada);
  const frozen = feed();
  const written = streamText(messageText, id, frozen.source, options);
  frozen.say("until here");
  await seen(() => expect(hers.textOf(id)).toBe("until here"));
  expect(await endSilentTexts(messageText, { silence: 60 })).toBe(0);
  expect(await endSilentTexts(messageText, { silence: 0 })).toBe(1);
  expect(await stored(id)).toEqual({ text: "until here", state: "broken", chunks: 0 });

  frozen.say("and on");
  await expect(written).rejects.toThrow("no longer being written here");
  expect(await stored(id)).toEqual({ text: "until here", state: "broken", chunks: 0 });
});

test("one writer at a time writes a text; a second one takes over from a silent one and goes on behind it", async () => {
  const id = await addMessage();
  const hers = await open(ada);
  const first = feed();
  const written = streamText(messageText, id, first.source, options);
  first.say("one");
  await seen(() => expect(hers.textOf(id)).toBe("one"));
  await expect(streamText(messageText, id, feed().source, options)).rejects.toThrow("Another writer");

  const second = feed();
  const taken = streamText(messageText, id, second.source, { ...options, silence: 0 });
  second.say(" two");
  await seen(() => expect(hers.textOf(id)).toBe("one two"));
  first.say(" three");
  await expect(written).rejects.toThrow("no longer being written here");
  second.end();
  expect(await taken).toBe("one two");
  expect(await stored(id)).toEqual({ text: "one two", state: "complete", chunks: 0 });
});

test("a message that is deleted in the middle of its text takes the pieces along and stops the writer", async () => {
  const id = await addMessage();
  const hers = await open(ada);
  const answer = feed();
  const written = streamText(messageText, id, answer.source, options);
  answer.say("soon gone");
  await seen(() => expect(hers.textOf(id)).toBe("soon gone"));
  await hers.messages.delete(id).isPersisted.promise;
  answer.say("!");
  await expect(written).rejects.toThrow("no longer being written here");
  await seen(() => expect(hers.chunksOf(id)).toEqual([]));
  await expect(streamText(messageText, id, answer.source)).rejects.toThrow(`There is no row ${id}`);
});

test("whatever is written while a text is ended is either in the text or was never written", async () => {
  for (let round = 0; round < 20; round++) {
    const id = await addMessage();
    const answer = feed();
    const written = streamText(messageText, id, answer.source, { interval: 0 }).catch(() => {});
    for (const word of "a b c d e f".split(" ")) answer.say(word);
    await endSilentTexts(messageText, { silence: 0 });
    answer.end();
    await written;
    const { text, chunks } = await stored(id);
    expect(chunks).toBe(0);
    expect("abcdef".startsWith(text)).toBe(true);
  }
});
