/** A client that follows one shape and checks that nothing is lost, repeated or out of order. */
export class Reader {
  readonly rows = new Map<string, Record<string, string | null>>();
  handle = "";
  offset = "-1";
  /** How often it was told to start again. */
  refetches = 0;
  /** Log messages in the order of their coming: LSN and position. */
  readonly places: [bigint, number][] = [];
  readonly #query: Record<string, string>;

  constructor(query: Record<string, string>) {
    this.#query = query;
  }

  /** Asks once. True when the answer was up to date. */
  async ask(url: string, live = false): Promise<boolean> {
    const query = new URLSearchParams({ ...this.#query, offset: this.offset });
    if (this.offset !== "-1") query.set("handle", this.handle);
    if (live && this.offset !== "-1") query.set("live", "true");
    const answer = await fetch(`${url}/v1/shape?${query}`);
    const text = await answer.text();
    if (answer.status === 409) {
      this.rows.clear();
      this.places.length = 0;
      this.offset = "-1";
      this.refetches++;
      return false;
    }
    if (answer.status !== 200) throw new Error(`${answer.status}: ${text}`);
    const messages: Message[] = JSON.parse(text);
    for (const message of messages) this.#apply(message);
    this.handle = answer.headers.get("electric-handle") ?? "";
    this.offset = answer.headers.get("electric-offset") ?? "";
    return answer.headers.has("electric-up-to-date");
  }

  /** Follows until the rows are as wanted, over restarts of the server. */
  async until(url: () => string, wanted: (rows: this["rows"]) => boolean): Promise<void> {
    for (let upToDate = false; !upToDate || !wanted(this.rows); ) {
      upToDate = await this.ask(url(), upToDate).catch(async (error: unknown) => {
        // nobody listens, or not yet to us
        if (!(error instanceof TypeError) && !/^503/.test(String(error))) throw error;
        await new Promise((resolve) => setTimeout(resolve, 20));
        return false;
      });
    }
  }

  #apply({ headers, key, value }: Message): void {
    if (!headers.operation || !key || !value) return;
    if (headers.lsn !== undefined) {
      const place: [bigint, number] = [BigInt(headers.lsn), headers.op_position ?? 0];
      const last = this.places.at(-1);
      if (last && (place[0] < last[0] || (place[0] === last[0] && place[1] <= last[1]))) {
        throw new Error(`${place} came after ${last}`);
      }
      this.places.push(place);
    }
    const known = this.rows.get(key);
    if (headers.operation === "insert" && known) throw new Error(`${key} was inserted twice`);
    if (headers.operation !== "insert" && !known) throw new Error(`${key} is unknown`);
    if (headers.operation === "delete") this.rows.delete(key);
    else this.rows.set(key, { ...known, ...value });
  }
}

interface Message {
  headers: { operation?: "insert" | "update" | "delete"; lsn?: string; op_position?: number };
  key?: string;
  value?: Record<string, string | null>;
}
