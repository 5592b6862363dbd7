/** An array in Postgres' form: its items in storage order, the size of each dimension and the first index of each. */
export interface PgArray<T = unknown> {
  items: (T | null)[];
  dims: number[];
  lower: number[];
}

const MAX_DIMENSIONS = 6;

/** Reads `{a,"b c",{…}}` with optional `[1:2]=` bounds; null when it is malformed. Items stay text. */
export function parseArray(text: string): PgArray<string> | null {
  let at = 0;
  const lower: number[] = [];
  const bounds = /^\s*((?:\[[+-]?\d+(?::[+-]?\d+)?\])+)\s*=/.exec(text);
  if (bounds?.[1]) {
    for (const [, from, to] of bounds[1].matchAll(/\[([+-]?\d+)(?::([+-]?\d+))?\]/g))
      lower.push(to === undefined ? 1 : Number(from));
    at = bounds[0].length;
  }
  const items: (string | null)[] = [];
  const dims: number[] = [];
  const counts: number[] = [];
  let leaf = 0;
  let depth = 0;
  let expectsItem = true;
  let closed = false;
  const skip = () => {
    while (/\s/.test(text[at] ?? "")) at++;
  };
  for (skip(); at < text.length; skip()) {
    const char = text[at];
    if (closed) return null;
    if (char === "{") {
      if (!expectsItem || depth >= MAX_DIMENSIONS || (leaf && depth >= leaf)) return null;
      depth++;
      counts[depth] = 0;
      at++;
      skip();
      if (text[at] === "}" && depth === 1) {
        at++;
        skip();
        return at === text.length ? { items: [], dims: [], lower: [] } : null;
      }
    } else if (char === "}") {
      if (expectsItem || depth === 0) return null;
      if (!settle(dims, depth, counts[depth] ?? 0)) return null;
      depth--;
      at++;
      if (depth === 0) closed = true;
      else counts[depth] = (counts[depth] ?? 0) + 1;
      expectsItem = false;
    } else if (char === ",") {
      if (expectsItem || depth === 0) return null;
      expectsItem = true;
      at++;
    } else {
      if (!expectsItem || depth === 0 || (leaf && leaf !== depth)) return null;
      leaf = depth;
      const item = readItem(text, at);
      if (!item) return null;
      items.push(item.value);
      at = item.end;
      counts[depth] = (counts[depth] ?? 0) + 1;
      expectsItem = false;
    }
  }
  if (!closed || (lower.length && lower.length !== dims.length)) return null;
  return { items, dims, lower: lower.length ? lower : dims.map(() => 1) };
}

function settle(dims: number[], depth: number, size: number): boolean {
  const known = dims[depth - 1];
  dims[depth - 1] = known ?? size;
  return known === undefined || known === size;
}

function readItem(text: string, start: number): { value: string | null; end: number } | null {
  let at = start;
  let value = "";
  if (text[at] === '"') {
    for (at++; text[at] !== '"'; at++) {
      if (text[at] === "\\") at++;
      if (at >= text.length) return null;
      value += text[at];
    }
    return { value, end: at + 1 };
  }
  let escaped = false;
  for (; at < text.length && text[at] !== "," && text[at] !== "}"; at++) {
    if (text[at] === "{" || text[at] === '"') return null;
    if (text[at] === "\\") {
      escaped = true;
      at++;
    }
    value += text[at] ?? "";
  }
  const trimmed = value.trimEnd();
  if (trimmed === "") return null;
  return { value: !escaped && /^null$/i.test(trimmed) ? null : trimmed, end: at };
}

/** An array of one dimension. */
export function listOf<T>(items: (T | null)[]): PgArray<T> {
  return items.length ? { items, dims: [items.length], lower: [1] } : { items: [], dims: [], lower: [] };
}
