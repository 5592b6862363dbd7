import type { CallerSession } from "~/lib/server/auth/caller-session";
import { watchSession } from "~/lib/server/auth/standing";
import { isStopping } from "~/lib/server/http/stopping";
import { askSoon } from "~/lib/server/line/ask-soon";
import { FollowedShape, type Follower, type RouteOf } from "~/lib/server/line/followed-shape";
import { leavePlace, type OpenLine } from "~/lib/server/line/open-lines";
import { type Answer, type Frame, heartbeatSeconds } from "~/lib/wire/line";
import { moment, momentsHeader, momentsText } from "~/lib/wire/moments";

/** The browser's end of a line. */
export interface LineEnd {
  /** Sends a piece of the answer. Returns false when the browser is behind: the end then calls {@link Line.goOn} later. */
  write(text: string): boolean;
  /** Ends the answer. */
  close(): void;
}

interface LineOptions {
  readonly session: CallerSession;
  /** The id that the browser has given itself. */
  readonly browser: string;
  /** Path and query of the first poll of each shape. */
  readonly polls: readonly string[];
  readonly routeOf: RouteOf;
  /** Whether the page inspects the sync, and wants to know when Electric's answers came. */
  readonly inspects: boolean;
  /** How long the line stays open, in seconds. */
  readonly seconds: number;
}

/** The answer to every poll of a line after the session has ended. */
const ended = {
  status: 401,
  headers: { "content-type": "application/json" },
  body: '{"message":"Your session has ended."}',
};

/**
 * A line: sends a sign of life at once and then regularly, and a frame for each answer. The line ends after the given time,
 * when the session ends, when the process stops, when the browser goes or opens a newer line, and when no shape is left to
 * follow.
 *
 * A process holds thousands of lines with tens of thousands of shapes. So a line has no timer, promise, signal or stream of
 * its own, and each shape is one small object: together they would take more memory than the connections.
 */
export class Line implements OpenLine, Follower {
  readonly session: CallerSession;
  readonly browser: string;
  readonly routeOf: RouteOf;
  readonly #inspects: boolean;
  readonly #seconds: number;
  /** The shapes that have a next poll. */
  #shapes: readonly FollowedShape[];
  #age = 0;
  #end: LineEnd | undefined;
  /** The shapes whose next poll waits until the browser has caught up. */
  #behind: FollowedShape[] | undefined;
  #unwatch: (() => void) | undefined;
  #isOver = false;

  constructor({ session, browser, polls, routeOf, inspects, seconds }: LineOptions) {
    this.session = session;
    this.browser = browser;
    this.routeOf = routeOf;
    this.#inspects = inspects;
    this.#seconds = seconds;
    this.#shapes = polls.map((poll, index) => new FollowedShape(this, index, poll));
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Begins to follow the shapes. */
  open(end: LineEnd): void {
    this.#end = end;
    if (isStopping()) {
      this.end();
      return;
    }
    this.#send({ alive: true });
    this.#unwatch = watchSession(this.session, () => this.#endWithSession());
    for (const shape of this.#shapes) void shape.ask();
  }

  handOn({ index }: FollowedShape, answer: Answer): void {
    const { status, headers, body } = answer;
    const kept = trimmed(headers);
    if (this.#inspects) kept[momentsHeader] = momentsText({ served: moment() });
    this.#send({ poll: index, status, headers: kept, body });
  }

  askOn(shape: FollowedShape): void {
    if (this.#behind) this.#behind.push(shape);
    else if (!this.#isOver) askSoon(shape);
  }

  unfollow(shape: FollowedShape): void {
    this.#shapes = this.#shapes.filter((one) => one !== shape);
    if (this.#shapes.length === 0) this.end();
  }

  /** The browser has taken what was sent. */
  goOn(): void {
    const behind = this.#behind ?? [];
    this.#behind = undefined;
    for (const shape of behind) this.askOn(shape);
  }

  tick(): void {
    this.#age += 1;
    if (this.#age >= this.#seconds) this.end();
    else if (this.#age % heartbeatSeconds === 0) this.#send({ alive: true });
  }

  giveWay(): void {
    this.#send({ replaced: true });
    this.end();
  }

  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    leavePlace(this);
    this.#unwatch?.();
    for (const shape of this.#shapes) shape.stop();
    this.#end?.close();
  }

  #endWithSession(): void {
    for (const { index } of this.#shapes) this.#send({ poll: index, ...ended });
    this.end();
  }

  #send(frame: Frame): void {
    if (this.#isOver || !this.#end) return;
    const keepsUp = this.#end.write(`${JSON.stringify(frame)}\n`);
    if (!keepsUp) this.#behind ??= [];
  }
}

/** The headers that an answer keeps beside those of Electric's protocol. */
const others = new Set(["content-type", "retry-after", momentsHeader]);

/** Leaves out the headers that have no meaning on a line. */
function trimmed(headers: Answer["headers"]): Answer["headers"] {
  const kept = Object.entries(headers).filter(([name]) => name.startsWith("electric-") || others.has(name));
  return Object.fromEntries(kept);
}
