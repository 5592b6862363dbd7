/**
 * An array as Postgres stores it, with up to six dimensions.
 * Source: https://www.postgresql.org/docs/current/arrays.html
 */
export interface PgArray<T = unknown> {
  /** All items in storage order: the last dimension varies fastest. */
  items: (T | null)[];
  /** The size of each dimension; an empty array has none. */
  dims: number[];
  /** The first index of each dimension. */
  lower: number[];
}

const maxDimensions = 6;

/** An array of one dimension, which starts at index 1. */
export function listOf<T>(items: (T | null)[]): PgArray<T> {
  return items.length ? { items, dims: [items.length], lower: [1] } : { items: [], dims: [], lower: [] };
}

/**
 * Reads the text form of an array, `{a,"b c",{…}}`, with bounds before it or without, as in `[0:1]={5,6}`.
 * Source: https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO
 * @returns the array with its items still as text, undefined when the text is malformed
 */
export function parseArray(text: string): PgArray<string> | undefined {
  const bounds = readBounds(text);
  const body = new BodyParser(text, bounds.end).parse();
  if (!body) return undefined;
  const { items, dims } = body;
  if (dims.length === 0) return listOf<string>([]);
  if (bounds.lower.length && bounds.lower.length !== dims.length) return undefined;
  return { items, dims, lower: bounds.lower.length ? bounds.lower : dims.map(() => 1) };
}

function readBounds(text: string): { lower: number[]; end: number } {
  const match = /^\s*((?:\[[+-]?\d+(?::[+-]?\d+)?\])+)\s*=/.exec(text);
  if (!match?.[1]) return { lower: [], end: 0 };
  const pairs = [...match[1].matchAll(/\[([+-]?\d+)(?::([+-]?\d+))?\]/g)];
  // A single number is the upper bound; the lower bound is then 1.
  const lower = pairs.map(([, from, to]) => (to === undefined ? 1 : Number(from)));
  return { lower, end: match[0].length };
}

/** Reads the part in braces. Each step answers false when the text is malformed. */
class BodyParser {
  readonly #text: string;
  #at: number;
  readonly #items: (string | null)[] = [];
  readonly #dims: number[] = [];
  /** How many items or inner arrays each open brace holds so far, by depth. */
  readonly #counts: number[] = [];
  #depth = 0;
  /** The depth at which items stand, which is the same for all items; 0 before the first one. */
  #itemDepth = 0;
  #expectsItem = true;
  #closed = false;

  constructor(text: string, start: number) {
    this.#text = text;
    this.#at = start;
  }

  parse(): { items: (string | null)[]; dims: number[] } | undefined {
    for (this.#skipBlanks(); this.#at < this.#text.length; this.#skipBlanks()) {
      if (this.#closed || !this.#step()) return undefined;
    }
    return this.#closed ? { items: this.#items, dims: this.#dims } : undefined;
  }

  #step(): boolean {
    switch (this.#text[this.#at]) {
      case "{":
        return this.#open();
      case "}":
        return this.#close();
      case ",":
        return this.#comma();
      default:
        return this.#item();
    }
  }

  #open(): boolean {
    const isTooDeep = this.#depth >= maxDimensions || (this.#itemDepth > 0 && this.#depth >= this.#itemDepth);
    if (!this.#expectsItem || isTooDeep) return false;
    this.#depth++;
    this.#counts[this.#depth] = 0;
    this.#at++;
    this.#skipBlanks();
    // Only the outermost braces may be empty.
    if (this.#text[this.#at] === "}" && this.#depth === 1) {
      this.#at++;
      this.#closed = true;
    }
    return true;
  }

  #close(): boolean {
    if (this.#expectsItem || this.#depth === 0) return false;
    const size = this.#counts[this.#depth] ?? 0;
    const known = this.#dims[this.#depth - 1];
    if (known !== undefined && known !== size) return false;
    this.#dims[this.#depth - 1] = size;
    this.#depth--;
    this.#at++;
    if (this.#depth === 0) this.#closed = true;
    else this.#countItem();
    return true;
  }

  #comma(): boolean {
    if (this.#expectsItem || this.#depth === 0) return false;
    this.#expectsItem = true;
    this.#at++;
    return true;
  }

  #item(): boolean {
    const isMisplaced = this.#itemDepth > 0 && this.#itemDepth !== this.#depth;
    if (!this.#expectsItem || this.#depth === 0 || isMisplaced) return false;
    this.#itemDepth = this.#depth;
    const item = readItem(this.#text, this.#at);
    if (!item) return false;
    this.#items.push(item.value);
    this.#at = item.end;
    this.#countItem();
    return true;
  }

  #countItem(): void {
    this.#counts[this.#depth] = (this.#counts[this.#depth] ?? 0) + 1;
    this.#expectsItem = false;
  }

  #skipBlanks(): void {
    while (/\s/.test(this.#text[this.#at] ?? "")) this.#at++;
  }
}

interface Item {
  value: string | null;
  /** Where the text goes on after the item. */
  end: number;
}

function readItem(text: string, start: number): Item | undefined {
  return text[start] === '"' ? readQuotedItem(text, start) : readPlainItem(text, start);
}

function readQuotedItem(text: string, start: number): Item | undefined {
  let at = start + 1;
  let value = "";
  for (; text[at] !== '"'; at++) {
    if (text[at] === "\\") at++;
    if (at >= text.length) return undefined;
    value += text[at];
  }
  return { value, end: at + 1 };
}

function readPlainItem(text: string, start: number): Item | undefined {
  let at = start;
  let value = "";
  let escaped = false;
  for (; at < text.length && text[at] !== "," && text[at] !== "}"; at++) {
    if (text[at] === "{" || text[at] === '"') return undefined;
    if (text[at] === "\\") {
      escaped = true;
      at++;
    }
    value += text[at] ?? "";
  }
  const trimmed = value.trimEnd();
  if (trimmed === "") return undefined;
  return { value: !escaped && /^null$/i.test(trimmed) ? null : trimmed, end: at };
}
