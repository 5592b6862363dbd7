import { LineConnection, type LineEnd } from "~/lib/sync/line/line-connection";
import type { LineHealth, LineMessage } from "~/lib/sync/line/line-message";
import { RecentAnswers } from "~/lib/sync/line/recent-answers";
import { Retry } from "~/lib/sync/line/retry";
import { type Answer, nextPoll, placeOf, pollsPerLine } from "~/lib/wire/line";

/** How long a shape is followed though nobody waits for it at the moment, in milliseconds: tabs ask again at once. */
const graceMilliseconds = 10_000;

/** For how long more polls are waited for before a request is opened, in milliseconds: pages want several at once. */
const gatherMilliseconds = 20;

/** How often all tabs are told at most that the server was heard of, in milliseconds. */
const upEvery = 1_000;

/** After how many refusals of the line as such plain polls take its place. */
const refusalsUntilPlain = 2;

/**
 * Leads the line: gathers what all tabs of a browser wait for, asks the server once, and hands the answers out.
 *
 * When a poll is wanted that the open request does not carry, a second request with all polls is opened, and the first is
 * closed as soon as the second is answered: no answer is lost between the two.
 */
export class LineLeader {
  readonly #userId: string;
  readonly #say: (message: LineMessage) => void;
  /** The polls that somebody waits for, by their places. */
  readonly #wanted = new Map<string, string>();
  readonly #recent = new RecentAnswers();
  readonly #retry = new Retry();
  /** The open requests, newest last: one, or two for a moment. */
  #connections: LineConnection[] = [];
  /** When a shape was answered last, by the place where it waits now. */
  readonly #moved = new Map<string, number>();
  #refusals = 0;
  /** When all tabs were told last that the server was heard of. */
  #toldUp = Number.NEGATIVE_INFINITY;
  #opening = false;
  /** The newest request, until the server has shown a sign of life. */
  #unheard: LineConnection | undefined;
  #ended = false;
  #held = false;

  /** @param say sends a message to all tabs, this one included */
  constructor(userId: string, say: (message: LineMessage) => void) {
    this.#userId = userId;
    this.#say = say;
    say({ kind: "ask-again" });
  }

  /** Somebody waits for this poll. */
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

  /** Asks the server nothing new until `retryNow`: it is in doubt whether anybody is signed in. */
  hold(): void {
    this.#held = true;
  }

  /** Asks the server again at once: something has changed that makes it worth while. */
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

  /** Opens a request once all that is wanted in this moment has been said. */
  #openSoon(): void {
    // A request that the server has not taken up yet comes first. What it lacks is looked at once it is open.
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
    const connection: LineConnection = new LineConnection(this.#userId, polls, {
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
    // Another request has taken its place, or is about to. One that was there before may not carry all that is wanted.
    if (this.#ended || this.#unheard || (this.#connections.length > 0 && this.#carriesAll())) return;
    if (end.kind === "over") this.#askAgain();
    else if (end.kind === "refused" && end.status === 401) this.#refuseAll(end.message);
    else if (end.kind === "refused" && isNoLine(end.status) && ++this.#refusals >= refusalsUntilPlain)
      this.#goPlain();
    else this.#tryLater(end);
  }

  /** Gathers anew what is wanted: those who have gone meanwhile do not ask again. */
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
    this.#retry.wait(end.kind === "refused" ? end.retryAfterSeconds : 0, () => this.#open());
  }

  /** The session is over: all who wait are told so, and find out for themselves what it means. */
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

/** Does something in a moment. Browsers hold timers of tabs that nobody looks at back, up to a minute. */
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

/** True for answers that say there is no line at all, rather than none at the moment. */
function isNoLine(status: number): boolean {
  return status < 500 && status !== 429;
}
