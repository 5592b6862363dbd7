import { expect, test } from "vitest";
import type { Answer } from "~/lib/wire/line";
import { sharePoll } from "./shared-polls";

/** A place where callers wait, and what Electric was asked there. */
function openPlace(name: string) {
  const asked: { givenUp: boolean; answer: (body: string) => void }[] = [];
  const ask = () => {
    const { promise, resolve } = Promise.withResolvers<Answer>();
    const one = {
      givenUp: false,
      answer: (body: string) => resolve({ status: 200, headers: { "electric-offset": "1_0" }, body }),
    };
    asked.push(one);
    return {
      answer: promise,
      giveUp: () => {
        one.givenUp = true;
      },
    };
  };
  return {
    asked,
    wait: (signal = new AbortController().signal) => sharePoll(name, signal, ask),
  };
}

test("those who wait at one place ask Electric once, and each gets the whole answer", async () => {
  const { asked, wait } = openPlace("one place");
  const other = openPlace("another place");
  const waiting = [wait(), wait(), wait()];
  void other.wait();
  expect([asked.length, other.asked.length]).toEqual([1, 1]);
  asked[0]?.answer("rows");
  const answers = await Promise.all(waiting);
  expect(answers.map((answer) => answer?.body)).toEqual(["rows", "rows", "rows"]);
  expect(answers.map((answer) => answer?.headers["electric-offset"])).toEqual(["1_0", "1_0", "1_0"]);
  expect(asked[0]?.givenUp).toBe(false);
});

test("an answer is for those who waited, and whoever comes later asks anew", async () => {
  const { asked, wait } = openPlace("later");
  const first = wait();
  asked[0]?.answer("old");
  await first;
  const second = wait();
  expect(asked.length).toBe(2);
  asked[1]?.answer("new");
  expect((await second)?.body).toBe("new");
});

test("the request to Electric ends when the last has gone, and not before", async () => {
  const { asked, wait } = openPlace("left");
  const [ada, bob] = [new AbortController(), new AbortController()];
  const waiting = [wait(ada.signal), wait(bob.signal)];
  ada.abort();
  expect(await waiting[0]).toBeUndefined();
  expect(asked[0]?.givenUp).toBe(false);
  bob.abort();
  expect(await waiting[1]).toBeUndefined();
  expect(asked[0]?.givenUp).toBe(true);
  // Nobody gets the answer of a request that was given up.
  void wait();
  expect(asked.length).toBe(2);
});
