import { setTimeout as delay } from "node:timers/promises";
import type { Progress } from "./progress.ts";
import type { Condition } from "./tables.ts";
import { type Message, View } from "./view.ts";

export interface ShapePlan {
  table: string;
  condition: Condition | null;
  columns: string[] | null;
  replica: "default" | "full";
  /** Its condition has a sub-query. */
  moves: boolean;
}

export interface ReaderPlan {
  shape: number;
  /** It joins and leaves after so many transactions; null: it stays. */
  joins: number;
  leaves: number | null;
  /** Whether its live requests are streams, and whether they break off; used in turn. */
  streams: boolean[];
  breaks: boolean[];
}

const RETRY_MS = 20;
/** Longer than a long poll of the servers under test. */
const GIVE_UP_MS = 20_000;

/** The parameters that name a shape. */
function shapeQuery(shape: ShapePlan): URLSearchParams {
  const query = new URLSearchParams({ table: shape.table, replica: shape.replica });
  if (shape.columns) query.set("columns", shape.columns.join(","));
  if (shape.condition) {
    query.set("where", shape.condition.where);
    shape.condition.params.forEach((value, i) => {
      query.set(`params[${i + 1}]`, value);
    });
  }
  return query;
}

/** A client that follows a shape, breaks off, comes back, and writes down what the server did wrong. */
export class Reader {
  readonly view: View;
  readonly shape: ShapePlan;
  /** How often it was told to start again. */
  restarts = 0;
  readonly #plan: ReaderPlan;
  readonly #url: () => string;
  readonly #progress: Progress;
  /** Failures that pass are to be expected: the server is being killed. */
  readonly #patient: boolean;
  readonly #stop = new AbortController();
  #handle: string | null = null;
  #offset = "-1";
  #upToDate = false;
  #turn = 0;

  constructor(options: {
    plan: ReaderPlan;
    shape: ShapePlan;
    url: () => string;
    progress: Progress;
    patient: boolean;
  }) {
    this.#plan = options.plan;
    this.shape = options.shape;
    this.#url = options.url;
    this.#progress = options.progress;
    this.#patient = options.patient;
    this.view = new View(options.shape.moves);
  }

  /** Reads from when it joins to when it leaves or is stopped. */
  async run(): Promise<void> {
    await this.#progress.reached(this.#plan.joins);
    if (this.#plan.leaves !== null) void this.#progress.reached(this.#plan.leaves).then(() => this.stop());
    while (!this.#stop.signal.aborted) await this.#step(this.#upToDate);
  }

  stop(): void {
    this.#stop.abort();
  }

  get left(): boolean {
    return this.#plan.leaves !== null;
  }

  /** Reads everything that the log has now. */
  async catchUp(): Promise<void> {
    const deadline = Date.now() + GIVE_UP_MS;
    for (let done = false; !done && Date.now() < deadline; )
      done = (await this.#request(false, null)) === "up-to-date";
  }

  async #step(live: boolean): Promise<void> {
    const turn = this.#turn++;
    const { streams, breaks } = this.#plan;
    const stream = live && streams[turn % streams.length] === true && !this.shape.moves;
    const breaksOff = live && breaks[turn % breaks.length] === true;
    const signal = new AbortController();
    if (breaksOff) void this.#progress.changed().then(() => signal.abort());
    const stop = () => signal.abort();
    this.#stop.signal.addEventListener("abort", stop);
    try {
      await this.#request(live, stream ? "stream" : null, signal.signal);
    } finally {
      this.#stop.signal.removeEventListener("abort", stop);
    }
  }

  async #request(live: boolean, kind: "stream" | null, signal?: AbortSignal): Promise<"up-to-date" | null> {
    const query = shapeQuery(this.shape);
    query.set("offset", this.#offset);
    if (this.#handle !== null && this.#offset !== "-1") query.set("handle", this.#handle);
    if (live) query.set("live", "true");
    if (kind === "stream") query.set("live_sse", "true");
    try {
      const within = AbortSignal.timeout(GIVE_UP_MS);
      const response = await fetch(`${this.#url()}/v1/shape?${query}`, {
        signal: signal ? AbortSignal.any([signal, within]) : within,
      });
      return await this.#answer(response);
    } catch (error) {
      if (signal?.aborted || this.#stop.signal.aborted) return null;
      if (!this.#patient && !isClosedConnection(error)) {
        this.view.violations.push(`the connection failed: ${error} ${String((error as Error).cause)}`);
      }
      await delay(RETRY_MS);
      return null;
    }
  }

  async #answer(response: Response): Promise<"up-to-date" | null> {
    if (response.status === 409) {
      await response.text();
      return this.#startAgain(response.headers.get("electric-handle"));
    }
    if (response.status === 503 && this.#patient) {
      await response.text();
      await delay(RETRY_MS);
      return null;
    }
    if (response.status !== 200) {
      this.view.violations.push(`status ${response.status}: ${await response.text()}`);
      this.stop();
      return null;
    }
    const streamed = response.headers.get("content-type")?.startsWith("text/event-stream");
    if (streamed) return this.#events(response);
    const messages: Message[] = JSON.parse(await response.text());
    const handle = response.headers.get("electric-handle");
    if (this.#offset !== "-1" && handle !== this.#handle) {
      this.view.violations.push(`I-2: the handle changed from ${this.#handle} to ${handle} without a 409`);
    }
    for (const message of messages) this.view.apply(message);
    this.#handle = handle;
    this.#offset = response.headers.get("electric-offset") ?? "missing";
    this.#upToDate = response.headers.has("electric-up-to-date");
    this.#progress.answered();
    return this.#upToDate ? "up-to-date" : null;
  }

  async #events(response: Response): Promise<null> {
    const decoder = new TextDecoder();
    let rest = "";
    for await (const part of response.body ?? []) {
      rest += decoder.decode(part, { stream: true });
      const blocks = rest.split("\n\n");
      rest = blocks.pop() ?? "";
      for (const block of blocks) if (block.startsWith("data: ")) this.#event(JSON.parse(block.slice(6)));
      this.#progress.answered();
    }
    return null;
  }

  #event(message: Message): void {
    this.view.apply(message);
    const { lsn, op_position: op } = message.headers;
    if (lsn !== undefined) this.#offset = `${lsn}_${op}`;
  }

  #startAgain(handle: string | null): null {
    this.restarts++;
    this.view.reset();
    this.#offset = "-1";
    this.#handle = handle;
    this.#upToDate = false;
    return null;
  }
}

/** A kept-alive connection that the server closed after its fifty requests, just as it was used again. */
function isClosedConnection(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return /other side closed|ECONNRESET|terminated/.test(`${cause} ${error}`);
}
