import { setTimeout as delay } from "node:timers/promises";
import { type EventStream, openStream } from "./event-stream.ts";
import { type Happening, normalise } from "./normalise.ts";
import {
  type Answer,
  countChanges,
  type Json,
  type JsonObject,
  type Scenario,
  type Step,
} from "./scenario.ts";

const POLL_FOR_MS = 30_000;
const POLL_EVERY_MS = 40;
const SETTLE_MS = 120;
const MOST_PAGES = 200;
const FIELDS: { [field: string]: string } = {
  handle: "electric-handle",
  offset: "electric-offset",
  cursor: "electric-cursor",
};

/** Runs one string of SQL, perhaps several statements, in a named session; gives the rows of the last. */
export type RunSql = (text: string, session?: string) => Promise<{ txid?: string }[]>;

/** Does what a scenario says and gives a transcript in the recordings' form. */
export async function runScenario(
  scenario: Scenario,
  server: { url: string; secret?: string; sql: RunSql },
): Promise<{ [id: string]: JsonObject }> {
  const run = new Run(scenario, server);
  try {
    for (const statement of scenario.setup ?? []) await server.sql(statement);
    for (const step of scenario.steps) await run.step(step);
  } finally {
    run.close();
  }
  return normalise(run.happened, scenario);
}

class Run {
  readonly happened: Happening[] = [];
  readonly #scenario: Scenario;
  readonly #server: { url: string; secret?: string; sql: RunSql };
  readonly #seen = new Map<string, Answer>();
  readonly #streams = new Map<string, { step: Step; stream: EventStream; reads: number }>();
  readonly #polls = new Map<string, { step: Step; answer: Promise<Answer> }>();

  constructor(scenario: Scenario, server: { url: string; secret?: string; sql: RunSql }) {
    this.#scenario = scenario;
    this.#server = server;
  }

  async step(step: Step): Promise<void> {
    if (step.sql !== undefined) await this.#sql(step.sql, step.session);
    else if (step.sleep !== undefined) await delay(step.sleep);
    else if (step.request !== undefined) this.#record(step.request, step, await this.#repeat(step));
    else if (step.follow !== undefined) this.#record(step.follow, step, await this.#follow(step));
    else if (step.live !== undefined) await this.#start(step.live, step);
    else if (step.await !== undefined) await this.#collect(step.await, step);
    else if (typeof step.close === "string") this.#streams.get(step.close)?.stream.close();
    else throw new Error(`unknown step ${JSON.stringify(step)}`);
  }

  close(): void {
    for (const { stream } of this.#streams.values()) stream.close();
    for (const { answer } of this.#polls.values()) answer.catch(() => {});
  }

  async #sql(statements: string | string[], session: string | undefined): Promise<void> {
    if (typeof statements === "string") {
      await this.#server.sql(statements, session);
      return;
    }
    const all = ["BEGIN", ...statements, "SELECT pg_current_xact_id()::xid::text AS txid", "COMMIT"];
    const rows = await this.#server.sql(all.join(";\n"), session);
    const txid = rows.find((row) => row.txid)?.txid;
    if (txid !== undefined) this.happened.push({ txid });
  }

  async #repeat(step: Step): Promise<Answer> {
    const deadline = Date.now() + POLL_FOR_MS;
    let answer = await this.#ask(step);
    while (step.until && !satisfies(answer, step.until) && Date.now() < deadline) {
      await delay(POLL_EVERY_MS);
      answer = await this.#ask(step);
    }
    return answer;
  }

  async #follow(step: Step): Promise<Answer> {
    let from = step.from === undefined ? undefined : this.#seen.get(step.from);
    const messages: Json[] = [];
    for (let requests = 1; ; requests++) {
      const place: { [name: string]: string } = from
        ? { handle: from.headers["electric-handle"] ?? "", offset: from.headers["electric-offset"] ?? "" }
        : { offset: "-1" };
      const answer = await this.#ask({ ...step, query: { ...step.query, ...place } });
      if (Array.isArray(answer.body)) messages.push(...answer.body);
      const last =
        answer.status !== 200 || "electric-up-to-date" in answer.headers || requests === MOST_PAGES;
      if (last) return { ...answer, body: Array.isArray(answer.body) ? messages : answer.body, requests };
      from = answer;
    }
  }

  async #start(id: string, step: Step): Promise<void> {
    if (step.sse) {
      const stream = openStream((signal) => this.#send(step, signal));
      this.#streams.set(id, { step, stream, reads: 0 });
    } else this.#polls.set(id, { step, answer: this.#ask(step) });
    await delay(step.settle ?? SETTLE_MS);
  }

  async #collect(id: string, step: Step): Promise<void> {
    const entry = this.#streams.get(id);
    if (entry) {
      entry.reads++;
      const answer = await entry.stream.read(step.events ?? 1, step.within ?? POLL_FOR_MS);
      this.#record(entry.reads === 1 ? id : `${id}.${entry.reads}`, entry.step, answer);
      if (step.close) entry.stream.close();
      return;
    }
    const poll = this.#polls.get(id);
    if (!poll) throw new Error(`nothing was started as ${id}`);
    this.#record(id, poll.step, await poll.answer);
    this.#polls.delete(id);
  }

  #record(id: string, step: Step, answer: Answer): void {
    this.#seen.set(id, answer);
    this.happened.push({ id, step, answer });
  }

  async #ask(step: Step): Promise<Answer> {
    for (let attempt = 1; ; attempt++) {
      try {
        const response = await this.#send(step, AbortSignal.timeout(40_000));
        const text = await response.text();
        return { status: response.status, headers: Object.fromEntries(response.headers), body: parse(text) };
      } catch (error) {
        // a kept-alive connection that the server closed just as it was used again
        if (attempt === 3) throw error;
      }
    }
  }

  #send(step: Step, signal: AbortSignal): Promise<Response> {
    const { url, secret } = this.#server;
    const target = new URL(url + (step.path ?? "/v1/shape"));
    for (const [name, value] of Object.entries(step.query ?? {}))
      target.searchParams.append(name, this.#fill(value));
    const search = [target.search.slice(1), step.rawQuery && this.#fill(step.rawQuery)];
    if (step.rawQuery) target.search = search.filter(Boolean).join("&");
    if (secret !== undefined && this.#scenario.profile !== "secure")
      target.searchParams.set("secret", secret);
    const headers = Object.fromEntries(
      Object.entries(step.headers ?? {}).map(([name, value]) => [name, this.#fill(value)]),
    );
    const method = step.method ?? "GET";
    if (step.body === undefined) return fetch(target, { method, headers, signal, redirect: "manual" });
    const body = this.#fill(typeof step.body === "string" ? step.body : JSON.stringify(step.body));
    const typed = { "content-type": "application/json", ...headers };
    return fetch(target, { method, headers: typed, body, signal, redirect: "manual" });
  }

  /** Puts in what `{a.handle}` and the like stand for. */
  #fill(text: string): string {
    return text.replace(
      /\{([A-Za-z0-9_]+)(?:\.([a-z-]+))?\}/g,
      (whole, id: string, field: string | undefined) => {
        if (id === "secret" && field === undefined) return this.#server.secret ?? "";
        const answer = this.#seen.get(id);
        if (!answer || field === undefined) return whole;
        return answer.headers[FIELDS[field] ?? field] ?? `missing-${field}`;
      },
    );
  }
}

function satisfies(answer: Answer, until: NonNullable<Step["until"]>): boolean {
  return (
    (until.messages === undefined || countChanges(answer.body) >= until.messages) &&
    (until.status === undefined || answer.status === until.status) &&
    (until.upToDate === undefined ||
      answer.status !== 200 ||
      "electric-up-to-date" in answer.headers === until.upToDate)
  );
}

function parse(text: string): Json {
  if (text === "") return null;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
