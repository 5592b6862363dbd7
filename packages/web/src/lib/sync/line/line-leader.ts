import { browserId, renewBrowserId } from "~/lib/sync/line/browser-id";
import { LineConnection, type LineEnd } from "~/lib/sync/line/line-connection";
import type { LineHealth, LineMessage } from "~/lib/sync/line/line-message";
import { RecentAnswers } from "~/lib/sync/line/recent-answers";
import { Retry } from "~/lib/sync/line/retry";
import { type Answer, nextPoll, placeOf, pollsPerLine } from "~/lib/wire/line";

/** How long the line carries a shape after an answer while no tab has sent the next poll, in milliseconds. */
const graceMilliseconds = 10_000;

/** How long to wait for more polls before a request is opened, in milliseconds: a page asks for several at once. */
const gatherMilliseconds = 20;

/** How often the leading tab reports at most that data from the server has arrived, in milliseconds. */
const upEvery = 1_000;

/** How often in a row the server may answer that it serves no line before the tabs send plain polls. */
const refusalsUntilPlain = 2;

/**
 * Leads the line: gathers the polls of all tabs of a browser, sends them in one request, and hands the answers out.
 *
 * When a tab wants a poll that the open request does not carry, the leader opens a second request with all polls. The
 * leader closes the first request as soon as the server answers the second, so that no answer is lost in between.
 */
export class LineLeader {
  readonly #userId: string;
  readonly #say: (message: LineMessage) => void;
  /** The polls whose answers tabs wait for, by place. */
  readonly #wanted = new Map<string, string>();
  readonly #recent = new RecentAnswers();
  readonly #retry = new Retry();
  /** The open requests, newest last. There are two while a new request takes over from an old one. */
  #connections: LineConnection[] = [];
  /** When the last answer for a shape came, by the place of the poll that follows. */
  readonly #moved = new Map<string, number>();
  #refusals = 0;
  /** When the leading tab last reported that data from the server has arrived. */
  #toldUp = Number.NEGATIVE_INFINITY;
  #opening = false;
  /** The newest request, until the server sends the first sign of life. */
  #unheard: LineConnection | undefined;
  #ended = false;
  #held = false;

  /** @param say sends a message to all tabs, including this one */
  constructor(userId: string, say: (message: LineMessage) => void) {
    this.#userId = userId;
    this.#say = say;
    say({ kind: "ask-again" });
  }

  /** Takes up a poll whose answer a tab waits for. */
  want(poll: string): void {
    const place = placeOf(poll);
    const answer = this.#recent.at(place);
    if (answer) {
      this.#say({ kind: "answer", place, answer });
      return;
    }
    if (this.#wanted.size >= pollsPerLine && !this.#wanted.has(place)) {
      this.#say({ kind: "no-room", place });
      return;
    }
    this.#wanted.set(place, poll);
    if (!this.#carries(place)) this.#openSoon();
  }

  /** Opens no request until `retryNow`: perhaps the session has ended, and the server would refuse every request. */
  hold(): void {
    this.#held = true;
  }

  /** Asks the server again at once, for example because the network is back. */
  retryNow(): void {
    this.#held = false;
    if (this.#retry.endWait()) return;
    if (this.#wanted.size > 0) this.#open();
  }

  end(): void {
    this.#ended = true;
    this.#retry.endWait();
    for (const connection of this.#connections) connection.close();
    this.#connections = [];
  }

  /** Opens a request after a moment, so that the request carries all polls that tabs ask for in this moment. */
  #openSoon(): void {
    // The request that the server has not answered yet comes first. Then `#heard` looks for polls that are missing.
    if (this.#opening || this.#retry.isWaiting || this.#unheard) return;
    this.#opening = true;
    soon(() => {
      this.#opening = false;
      this.#open();
    });
  }

  #open(): void {
    const polls = this.#pollsToCarry();
    if (this.#ended || this.#held || polls.length === 0) return;
    const request = { polls, browser: browserId() };
    const connection: LineConnection = new LineConnection(this.#userId, request, {
      heard: () => this.#heard(connection),
      answered: (place, answer) => this.#answered(place, answer),
      ended: (end) => this.#over(connection, end),
    });
    this.#connections.push(connection);
    this.#unheard = connection;
  }

  #pollsToCarry(): string[] {
    const since = performance.now() - graceMilliseconds;
    const polls = new Map(this.#wanted);
    for (const poll of this.#connections.flatMap((connection) => connection.polls)) {
      if ((this.#moved.get(placeOf(poll)) ?? 0) > since) polls.set(placeOf(poll), poll);
    }
    return [...polls.values()].slice(0, pollsPerLine);
  }

  #carries(place: string): boolean {
    return this.#connections.some((connection) => connection.waitsAt(place));
  }

  #carriesAll(): boolean {
    return [...this.#wanted.keys()].every((place) => this.#carries(place));
  }

  #heard(connection: LineConnection): void {
    const place = this.#connections.indexOf(connection);
    for (const older of this.#connections.splice(0, place)) older.close();
    if (this.#unheard === connection) {
      this.#unheard = undefined;
      if (!this.#carriesAll()) this.#openSoon();
    }
    this.#refusals = 0;
    this.#retry.succeeded();
    if (performance.now() - this.#toldUp > upEvery) this.#tell({ state: "up" });
  }

  #answered(place: string, answer: Answer): void {
    const poll = this.#wanted.get(place) ?? place;
    this.#wanted.delete(place);
    this.#moved.delete(place);
    const next = nextPoll(poll, answer);
    if (next !== undefined) {
      this.#recent.keep(place, answer);
      this.#moved.set(placeOf(next), performance.now());
    }
    this.#say({ kind: "answer", place, answer });
  }

  #over(connection: LineConnection, end: LineEnd): void {
    this.#connections = this.#connections.filter((one) => one !== connection);
    if (this.#unheard === connection) this.#unheard = undefined;
    // Another request carries all polls, or a newer one is on its way. An older request may lack polls.
    if (this.#ended || this.#unheard || (this.#connections.length > 0 && this.#carriesAll())) return;
    if (end.kind === "replaced") renewBrowserId();
    if (end.kind === "over" || end.kind === "replaced") this.#askAgain();
    else if (end.kind === "refused" && end.status === 401) this.#refuseAll(end.message);
    else if (end.kind === "refused" && isNoLine(end.status) && ++this.#refusals >= refusalsUntilPlain)
      this.#goPlain();
    else this.#tryLater(end);
  }

  /** Asks all tabs for their polls again. Polls of tabs that have closed meanwhile are dropped. */
  #askAgain(): void {
    this.#wanted.clear();
    this.#say({ kind: "ask-again" });
  }

  #goPlain(): void {
    this.#wanted.clear();
    this.#refusals = 0;
    this.#tell({ state: "unavailable" });
  }

  #tryLater(end: LineEnd): void {
    const message = end.kind === "refused" ? end.message : undefined;
    this.#tell({ state: "down", message: message ?? "The server cannot be reached. Trying again." });
    this.#retry.wait(end.kind === "refused" ? end.retryAfter : 0, () => this.#open());
  }

  /** Answers every poll with 401, because the session has ended. Each shape then checks the session. */
  #refuseAll(message = "Sign in to sync."): void {
    const answer = {
      status: 401,
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ message }),
    };
    for (const place of this.#wanted.keys()) this.#say({ kind: "answer", place, answer });
    this.#wanted.clear();
  }

  #tell(health: LineHealth): void {
    this.#toldUp = health.state === "up" ? performance.now() : Number.NEGATIVE_INFINITY;
    this.#say({ kind: "health", health });
  }
}

/** Calls back in a moment. In a hidden tab a message takes the place of the timer, which may be late by a minute. */
function soon(act: () => void): void {
  if (document.visibilityState === "visible") {
    setTimeout(act, gatherMilliseconds);
    return;
  }
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    port1.close();
    act();
  };
  port2.postMessage(undefined);
}

/** True for the status of a server that serves no line at all, false for one that cannot serve a line right now. */
function isNoLine(status: number): boolean {
  return status < 500 && status !== 429;
}
