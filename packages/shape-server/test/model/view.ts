/** A message as clients receive it. */
export interface Message {
  headers: {
    operation?: "insert" | "update" | "delete";
    control?: string;
    event?: "move-in" | "move-out";
    patterns?: { pos: number; value: string }[];
    lsn?: string;
    op_position?: number;
    txids?: number[];
    last?: boolean;
    key_change_to?: string;
    is_move_in?: boolean;
    tags?: string[];
    removed_tags?: string[];
    active_conditions?: boolean[];
    global_last_seen_lsn?: string;
  };
  key?: string;
  value?: Record<string, string | null>;
  old_value?: Record<string, string | null>;
}

interface Row {
  value: Record<string, string | null>;
  tags: Set<string>;
  active: boolean[];
}

/** What a client that misses nothing and forgives nothing has of a shape. */
export class View {
  readonly rows = new Map<string, Row>();
  /** What the server did that its protocol forbids. */
  readonly violations: string[] = [];
  readonly #moves: boolean;
  #lsn = -1n;
  #op = -1;
  /** The transaction whose last message has been received. */
  #ended = -1n;
  #open = false;

  /** `moves`: the shape has a sub-query, and rows may be sent again when they move in. */
  constructor(moves: boolean) {
    this.#moves = moves;
  }

  reset(): void {
    this.rows.clear();
    this.#lsn = -1n;
    this.#op = -1;
    this.#ended = -1n;
    this.#open = false;
  }

  apply(message: Message): void {
    const { headers } = message;
    if (headers.control !== undefined) {
      if (headers.control === "up-to-date" && this.#open) this.#complain("I-7", "cut a transaction", message);
    } else if (headers.event === undefined) this.#change(message);
    else this.#move(message);
  }

  #change(message: Message): void {
    const { headers, key = "", value = {} } = message;
    this.#place(message);
    const known = this.rows.get(key);
    switch (headers.operation) {
      case "insert": {
        if (known && !this.#moves) this.#complain("I-4", "inserted a row that was there", message);
        const tags = new Set(headers.tags ?? []);
        this.rows.set(key, { value, tags, active: [...(headers.active_conditions ?? [])] });
        break;
      }
      case "update": {
        if (!known) {
          if (!this.#moves) this.#complain("I-4", "updated a row that was not there", message);
          break;
        }
        Object.assign(known.value, value);
        for (const tag of headers.tags ?? []) known.tags.add(tag);
        for (const tag of headers.removed_tags ?? []) known.tags.delete(tag);
        if (headers.active_conditions) known.active = [...headers.active_conditions];
        for (const [name, before] of Object.entries(message.old_value ?? {})) {
          if (before === value[name]) this.#complain("I-6", `called ${name} changed`, message);
        }
        break;
      }
      case "delete":
        if (!known && !this.#moves) this.#complain("I-4", "deleted a row that was not there", message);
        this.rows.delete(key);
        break;
      default:
        this.#complain("I-4", "sent a message of no kind", message);
    }
  }

  /** Messages of the log come in the order of (lsn, op_position), each once, and each transaction whole. */
  #place(message: Message): void {
    const { lsn, op_position: op = -1, txids, last } = message.headers;
    if (lsn === undefined) return;
    const at = BigInt(lsn);
    const forward = at > this.#lsn || (at === this.#lsn && op > this.#op);
    if (!forward) this.#complain("I-5", `went back from ${this.#lsn}_${this.#op}`, message);
    if (at === this.#ended) this.#complain("I-7", "went on behind the last message", message);
    if (this.#open && at !== this.#lsn) this.#complain("I-7", "mixed transactions", message);
    if (!txids?.every(Number.isSafeInteger)) this.#complain("I-8", "sent no txids", message);
    this.#lsn = at;
    this.#op = op;
    this.#open = last !== true;
    if (last) this.#ended = at;
  }

  /** As the collection of @tanstack/electric-db-collection does it. */
  #move(message: Message): void {
    const { event, patterns = [] } = message.headers;
    for (const { pos, value } of patterns) {
      for (const [key, row] of this.rows) {
        const parts = [...row.tags].map((tag) => tag.split("/"));
        if (!parts.some((part) => part[pos] === value)) continue;
        row.active[pos] = event === "move-in";
        const visible = parts.some((part) => part.every((text, i) => text === "" || row.active[i]));
        if (!visible) this.rows.delete(key);
      }
    }
  }

  #complain(invariant: string, what: string, message: Message): void {
    this.violations.push(`${invariant}: ${what}: ${JSON.stringify(message).slice(0, 400)}`);
  }
}
