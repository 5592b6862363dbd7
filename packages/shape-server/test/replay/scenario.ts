// The form of the recordings in test/recordings: conversations with Electric's sync service 1.7.12 on PostgreSQL 15.
// What differs from run to run is a symbol in them, by first appearance (`<handle:1>`) or by size (`<lsn:1>`).

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export interface JsonObject {
  [key: string]: Json;
}

/** One thing that a recorded client did. */
export interface Step {
  /** One statement, or several as one transaction; `session` names a second connection. */
  sql?: string | string[];
  session?: string;
  /** A request that is answered before the next step … */
  request?: string;
  /** … or one that is started, whose answer `await` collects, */
  live?: string;
  await?: string;
  /** or pages until up-to-date, merged into one answer. */
  follow?: string;
  from?: string;
  sleep?: number;
  close?: string | boolean;
  query?: { [name: string]: string };
  rawQuery?: string;
  path?: string;
  method?: string;
  headers?: { [name: string]: string };
  body?: Json;
  /** The answer is a stream of events, of which `await` reads so many. */
  sse?: boolean;
  events?: number;
  within?: number;
  /** Milliseconds until a started request has reached the server. */
  settle?: number;
  /** The request is repeated until its answer looks like this. */
  until?: { messages?: number; status?: number; upToDate?: boolean };
}

export interface Answer {
  status: number | string;
  headers: { [name: string]: string };
  body: Json;
  requests?: number;
  ended?: boolean;
}

/** How a part of an answer is compared: its keys only, its type only, or not at all. */
export type Looseness = "keys" | "type" | "ignore";

export interface Scenario {
  name: string;
  purpose: string;
  profile?: "default" | "secure";
  setup?: string[];
  steps: Step[];
  transcript: { [id: string]: JsonObject };
  loose?: { [id: string]: { [path: string]: Looseness } };
  cors?: boolean;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The number of changes of rows in an answer, whether the answer came whole or as events. */
export function countChanges(body: Json): number {
  if (!Array.isArray(body)) return 0;
  const messages = body.map((entry) =>
    isObject(entry) && "data" in entry && !("headers" in entry) ? entry.data : entry,
  );
  return messages.filter((m) => isObject(m) && isObject(m.headers) && m.headers.operation !== undefined)
    .length;
}
