import { afterEach, expect, test, vi } from "vitest";
import type { Answer } from "~/lib/wire/line";
import { firstByteSeconds } from "../limits";
import type { PollListener } from "./electric-poll";
import { endings } from "./passed-answer";
import { joinPoll, type SharedPoll } from "./shared-polls";

afterEach(() => void vi.useRealTimers());

/** A place where callers wait, and what Electric was asked there. */
function openPlace(name: string) {
  const asked: { ending: Error | undefined; answer: (body: string) => void }[] = [];
  const ask = (listener: PollListener) => {
    const answer = (body: string) =>
      listener.onAnswer({ status: 200, headers: { "electric-offset": "1_0" }, body });
    const one: (typeof asked)[number] = { ending: undefined, answer };
    asked.push(one);
    return {
      end: (reason: Error) => {
        one.ending = reason;
      },
    };
  };
  return { asked, wait: (cursor = "1") => new Waiter(`http://${name}/?cursor=${cursor}&handle=1`, ask) };
}

class Waiter implements PollListener {
  readonly address: string;
  answer: Answer | undefined;
  readonly #poll: SharedPoll;

  constructor(address: string, ask: Parameters<typeof joinPoll>[1]) {
    this.address = address;
    this.#poll = joinPoll(this, ask);
  }

  onAnswer(answer: Answer): void {
    this.answer = answer;
  }

  leave(): void {
    this.#poll.leave(this);
  }
}

test("those who wait at one place ask Electric once, and each gets the whole answer", () => {
  const { asked, wait } = openPlace("one-place");
  const other = openPlace("another-place");
  const waiting = [wait(), wait("2"), wait("3")];
  const elsewhere = other.wait();
  expect([asked.length, other.asked.length]).toEqual([1, 1]);
  asked[0]?.answer("rows");
  expect(waiting.map(({ answer }) => answer?.body)).toEqual(["rows", "rows", "rows"]);
  expect(waiting.map(({ answer }) => answer?.headers["electric-offset"])).toEqual(["1_0", "1_0", "1_0"]);
  expect(asked[0]?.ending).toBeUndefined();
  elsewhere.leave();
});

test("an answer is for those who waited, and whoever comes later asks anew", () => {
  const { asked, wait } = openPlace("later");
  wait();
  asked[0]?.answer("old");
  const second = wait();
  expect(asked.length).toBe(2);
  asked[1]?.answer("new");
  expect(second.answer?.body).toBe("new");
});

test("the request to Electric ends when the last has gone, and not before", () => {
  const { asked, wait } = openPlace("left");
  const [ada, bob] = [wait(), wait()];
  ada.leave();
  expect(asked[0]?.ending).toBeUndefined();
  bob.leave();
  expect(asked[0]?.ending).toBe(endings.givenUp);
  // Nobody gets the answer of a request that was given up.
  const later = wait();
  expect(asked.length).toBe(2);
  later.leave();
  expect([ada.answer, bob.answer]).toEqual([undefined, undefined]);
});

test("the request to Electric ends when Electric takes too long", () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  const { asked, wait } = openPlace("late");
  const waiting = wait();
  vi.advanceTimersByTime(firstByteSeconds * 1000);
  expect(asked[0]?.ending).toBeUndefined();
  vi.advanceTimersByTime(10_000);
  expect(asked[0]?.ending).toBe(endings.tooLate);
  waiting.leave();
});
