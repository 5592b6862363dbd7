import { pause } from "~/lib/sync/pause";

// An interface would lack the index signature of a row.
// biome-ignore lint/style/useConsistentTypeDefinitions: As above.
export type Note = { id: string; title: string; done: string };

export interface Change {
  operation: "insert" | "update" | "delete";
  value: Partial<Note> & { id: string };
}

/** What a shape holds after these changes, in the order of the ids. */
export function rowsAfter(changes: readonly Change[]): Note[] {
  const rows = new Map<string, Note>();
  for (const { operation, value } of changes) {
    if (operation === "delete") rows.delete(value.id);
    else rows.set(value.id, { title: "", done: "", ...rows.get(value.id), ...value });
  }
  return sorted([...rows.values()]);
}

export function sorted(rows: readonly Note[]): Note[] {
  return rows.map(({ id, title, done }) => ({ id, title, done })).toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

let handles = 0;

/** A shape in memory that answers requests as Electric does. */
export class Shape {
  /** The handle that browsers keep. Electric's client remembers handles that were dropped, so each shape has its own. */
  readonly handle = `${handles++}-1`;
  /** The offsets of all requests that were no live polls. */
  readonly asked: string[] = [];
  readonly #log: Change[];
  #known = this.handle;
  #more = new AbortController();

  constructor(log: readonly Change[]) {
    this.#log = [...log];
  }

  /** Gives the shape another handle. */
  drop(): void {
    this.#known = `${handles++}-1`;
  }

  /** Adds changes, and answers live polls. */
  change(...changes: Change[]): void {
    this.#log.push(...changes);
    this.#more.abort();
    this.#more = new AbortController();
  }

  readonly fetch: typeof fetch = async (input, init) => {
    const { searchParams: asked } = new URL(input instanceof Request ? input.url : input);
    const offset = asked.get("offset") ?? "";
    if (asked.get("live") !== "true") this.asked.push(offset);
    else if (Number.parseInt(offset, 10) === this.#log.length) {
      const ends = [this.#more.signal, ...(init?.signal ? [init.signal] : [])];
      await pause(2 ** 31 - 1, AbortSignal.any(ends));
      init?.signal?.throwIfAborted();
    }
    const answer = this.#answer(offset, asked.get("handle"));
    // Like Electric, which sends a cursor with live answers alone.
    if (asked.get("live") === "true") answer.headers.set("electric-cursor", String(this.#log.length));
    return answer;
  };

  #answer(offset: string, handle: string | null): Response {
    const headers = {
      "electric-handle": this.#known,
      "electric-offset": `${this.#log.length}_0`,
      "electric-schema": '{"id":{"type":"text"},"title":{"type":"text"},"done":{"type":"text"}}',
      "electric-up-to-date": "",
    };
    if (offset !== "-1" && handle !== this.#known)
      return Response.json([{ headers: { control: "must-refetch" } }], { status: 409, headers });
    const changes: readonly Change[] =
      offset === "-1"
        ? rowsAfter(this.#log).map((value) => ({ operation: "insert", value }))
        : this.#log.slice(Number.parseInt(offset, 10));
    const messages = changes.map(({ operation, value }) => ({
      key: value.id,
      value,
      headers: { operation },
    }));
    return Response.json([...messages, { headers: { control: "up-to-date" } }], { headers });
  }
}
