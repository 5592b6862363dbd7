import { createHash } from "node:crypto";
import {
  type Answer,
  countChanges,
  isObject,
  type Json,
  type JsonObject,
  type Scenario,
  type Step,
} from "./scenario.ts";

/** An answer, or a transaction that was committed. */
export type Happening = { id: string; step: Step; answer: Answer } | { txid: string };

const KEPT_HEADERS = [
  "content-type",
  "cache-control",
  "surrogate-control",
  "etag",
  "retry-after",
  "allow",
  "location",
  "electric-handle",
  "electric-offset",
  "electric-schema",
  "electric-cursor",
  "electric-up-to-date",
  "electric-has-data",
  "electric-snapshot",
  "electric-internal-known-error",
];
const CORS_HEADERS = [
  "vary",
  "access-control-allow-origin",
  "access-control-allow-methods",
  "access-control-allow-headers",
  "access-control-expose-headers",
  "access-control-max-age",
];
/** Longer texts are recorded as length and hash. */
const LONG_TEXT = 400;
/** Longer lists of messages are recorded as their number, both ends and a hash. */
const MANY = 60;

/** Replaces what differs from run to run by symbols, as the recordings have it. */
export function normalise(happened: Happening[], scenario: Scenario): { [id: string]: JsonObject } {
  const symbols = new Symbols(happened);
  const transcript: { [id: string]: JsonObject } = {};
  for (const happening of happened) {
    if ("txid" in happening) {
      symbols.committed(happening.txid);
      continue;
    }
    const { id, step, answer } = happening;
    const out: JsonObject = { status: answer.status, headers: headers(answer, step, scenario, symbols) };
    const ordered = /order_by/.test(JSON.stringify([step.query ?? {}, step.body ?? {}]));
    // a live answer with changes tells exactly how far this shape is; all others a global position
    const live = (step.query?.live ?? "false") !== "false";
    const told = /^(\d+)_/.exec(answer.headers["electric-offset"] ?? "")?.[1];
    const exact = live && !step.sse && countChanges(answer.body) > 0 ? told : undefined;
    const { body } = answer;
    if (isObject(body) && isObject(body.metadata) && Array.isArray(body.data)) {
      out.body = sortKeys({
        ...body,
        metadata: symbols.metadata(body.metadata),
        data: list(body.data, symbols, ordered),
      });
    } else if (Array.isArray(body) && step.sse) {
      out.events = body.map((event) =>
        isObject(event) && isObject(event.data)
          ? { ...event, data: message(event.data, symbols, exact) }
          : event,
      );
    } else if (Array.isArray(body)) out.body = list(body, symbols, false, exact);
    else out.body = sortKeys(shorten(body));
    if (answer.requests !== undefined) out.requests = answer.requests;
    if (answer.ended) out.ended = true;
    transcript[id in transcript ? `${id}'` : id] = out;
  }
  return transcript;
}

class Symbols {
  readonly #ranks: Map<string, number>;
  readonly #names = new Map<string, Map<string, number>>();
  /** Transactions that are known to be over. */
  readonly #committed: string[] = [];
  /** The highest position seen so far. */
  #top = 0n;

  constructor(happened: Happening[]) {
    const positions = new Set<string>();
    for (const happening of happened) {
      if (!("answer" in happening)) continue;
      const { answer } = happening;
      const told = /^(\d+)_/.exec(answer.headers["electric-offset"] ?? "")?.[1];
      if (told !== undefined && told !== "0") positions.add(told);
      for (const lsn of lsnsIn(answer.body)) positions.add(lsn);
    }
    const sorted = [...positions].sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1));
    this.#ranks = new Map(sorted.map((lsn, i) => [lsn, i + 1]));
  }

  name(kind: string, value: string): string {
    const names = this.#names.get(kind) ?? new Map<string, number>();
    this.#names.set(kind, names);
    if (!names.has(value)) names.set(value, names.size + 1);
    return `<${kind}:${names.get(value)}>`;
  }

  committed(txid: string): void {
    this.name("txid", txid);
    this.#committed.push(txid);
  }

  lsn(value: string): string {
    return this.#ranks.has(value) ? `<lsn:${this.#ranks.get(value)}>` : value;
  }

  offset(value: string): string {
    const match = /^(\d+)_(\d+|inf)$/.exec(value);
    if (!match?.[1] || match[1] === "0") return value;
    this.#reach(match[1]);
    return `${this.lsn(match[1])}_${match[2]}`;
  }

  lsnHeader(value: string): string {
    this.#reach(value);
    return this.lsn(value);
  }

  txids(values: Json[]): Json[] {
    this.#committed.push(...values.map(String));
    return values.map((txid) =>
      Number.isInteger(txid) ? this.name("txid", String(txid)) : { unexpected: txid },
    );
  }

  /** A position that must not lie behind what was seen, or must be exactly `exact`. */
  reached(value: Json, exact?: string): Json {
    if (typeof value !== "string" || !/^\d+$/.test(value)) return value;
    if (exact === undefined) return BigInt(value) >= this.#top ? "<lsn ok>" : "<lsn behind>";
    if (value === exact) return "<lsn = offset>";
    return BigInt(value) > BigInt(exact) ? "<lsn > offset>" : "<lsn < offset>";
  }

  tag(value: Json): Json {
    if (typeof value !== "string") return value;
    return value
      .split("/")
      .map((part) => (part === "" ? part : this.name("tag", part)))
      .join("/");
  }

  metadata(metadata: JsonObject): JsonObject {
    const out = this.snapshot(metadata);
    if ("snapshot_mark" in out) out.snapshot_mark = this.name("mark", String(out.snapshot_mark));
    if (out.database_lsn !== undefined) out.database_lsn = this.reached(out.database_lsn);
    return out;
  }

  /** Checks a snapshot for sense, and puts the verdict in its place. */
  snapshot(of: JsonObject): JsonObject {
    const { xmin, xmax, xip_list: list } = of;
    let note = "";
    if (!isXid(xmin) || !isXid(xmax) || !Array.isArray(list) || !list.every(isXid)) note = " malformed";
    else {
      const outside = list.some((xid) => BigInt(xid) < BigInt(xmin) || BigInt(xid) >= BigInt(xmax));
      const unseen = this.#committed.some((txid) => BigInt(txid) >= BigInt(xmax) || list.includes(txid));
      if (BigInt(xmin) > BigInt(xmax) || outside) note = " inconsistent";
      else if (unseen) note = " before a known transaction";
    }
    return { ...of, xmin: `<xmin${note}>`, xmax: `<xmax${note}>`, xip_list: `<xip_list${note}>` };
  }

  #reach(lsn: string): void {
    if (BigInt(lsn) > this.#top) this.#top = BigInt(lsn);
  }
}

const isXid = (value: Json | undefined): value is string => typeof value === "string" && /^\d+$/.test(value);

function* lsnsIn(body: Json): Iterable<string> {
  for (const entry of Array.isArray(body) ? body : []) {
    const found = isObject(entry) && isObject(entry.data) && !("headers" in entry) ? entry.data : entry;
    if (!isObject(found) || !isObject(found.headers)) continue;
    if (typeof found.headers.lsn === "string" && /^\d+$/.test(found.headers.lsn)) yield found.headers.lsn;
  }
}

function headers(answer: Answer, step: Step, scenario: Scenario, symbols: Symbols): JsonObject {
  const out: JsonObject = {};
  for (const name of scenario.cors ? [...KEPT_HEADERS, ...CORS_HEADERS] : KEPT_HEADERS) {
    const value = answer.headers[name];
    if (value !== undefined) out[name] = header(name, value, step, symbols);
  }
  return out;
}

function header(name: string, value: string, step: Step, symbols: Symbols): Json {
  switch (name) {
    case "electric-handle":
      return symbols.name("handle", value);
    case "electric-offset":
      return symbols.offset(value);
    case "etag":
      return value.replace(
        /^(W\/)?"(.*)"$/,
        (_, weak: string | undefined, tag: string) => `${weak ?? ""}"${symbols.name("etag", tag)}"`,
      );
    case "electric-cursor": {
      if (!/^\d+$/.test(value)) return value;
      return /\{\w+\.cursor\}/.test(step.query?.cursor ?? "") ? "<cursor after the one sent>" : "<cursor>";
    }
    case "electric-schema":
      return sortKeys(JSON.parse(value));
    default:
      return value;
  }
}

function message(of: Json, symbols: Symbols, exact?: string): Json {
  if (!isObject(of)) return shorten(of);
  const out = shortenAll(of);
  if (isObject(of.headers)) {
    let head: JsonObject = { ...of.headers };
    if (typeof head.lsn === "string" && /^\d+$/.test(head.lsn)) head.lsn = symbols.lsnHeader(head.lsn);
    if (Array.isArray(head.txids)) head.txids = symbols.txids(head.txids);
    if ("xmin" in head) head = symbols.snapshot(head);
    if ("snapshot_mark" in head) head.snapshot_mark = symbols.name("mark", String(head.snapshot_mark));
    if (head.global_last_seen_lsn !== undefined) {
      head.global_last_seen_lsn = symbols.reached(head.global_last_seen_lsn, exact);
    }
    for (const name of ["tags", "removed_tags"]) {
      const tags = head[name];
      if (Array.isArray(tags)) head[name] = tags.map((tag) => symbols.tag(tag));
    }
    if (Array.isArray(head.patterns)) {
      head.patterns = head.patterns.map((pattern) =>
        isObject(pattern) && pattern.value !== undefined
          ? { ...pattern, value: symbols.tag(pattern.value) }
          : pattern,
      );
    }
    out.headers = head;
  }
  return sortKeys(out);
}

/** The rows of a snapshot come in no order: each run of them is sorted by key. */
function list(messages: Json[], symbols: Symbols, ordered: boolean, exact?: string): Json {
  const isRow = (m: Json): m is JsonObject =>
    !ordered &&
    isObject(m) &&
    isObject(m.headers) &&
    m.headers.operation === "insert" &&
    !("lsn" in m.headers);
  const sorted: Json[] = [];
  for (let i = 0; i < messages.length; ) {
    const rows: JsonObject[] = [];
    for (let next = messages[i]; next !== undefined && isRow(next); next = messages[++i]) rows.push(next);
    const nameOf = (row: JsonObject) => `${row.key} ${JSON.stringify(row.value)}`;
    sorted.push(
      ...rows.sort((a, b) => compare(String(a.key), String(b.key)) || compare(nameOf(a), nameOf(b))),
    );
    const other = messages[i++];
    if (other !== undefined) sorted.push(other);
  }
  const out = sorted.map((m) => message(m, symbols, exact));
  if (out.length <= MANY) return out;
  return {
    $many: {
      count: out.length,
      first: out.slice(0, 2),
      last: out.slice(-2),
      hash: hash(JSON.stringify(out)),
    },
  };
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

const hash = (text: string) => createHash("sha256").update(text).digest("hex").slice(0, 16);

function shorten(value: Json): Json {
  if (typeof value === "string")
    return value.length > LONG_TEXT ? `<text ${value.length} ${hash(value)}>` : value;
  if (Array.isArray(value)) return value.map(shorten);
  return isObject(value) ? shortenAll(value) : value;
}

const shortenAll = (of: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(of).map(([key, value]) => [key, shorten(value)]));

function sortKeys(value: Json): Json {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (!isObject(value)) return value;
  const sorted: JsonObject = {};
  for (const key of Object.keys(value).sort()) sorted[key] = sortKeys(value[key] ?? null);
  return sorted;
}
