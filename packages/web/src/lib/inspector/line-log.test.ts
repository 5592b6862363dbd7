import fc from "fast-check";
import { expect, test } from "vitest";
import { LineLog } from "./line-log";

const polls = ["/api/users?offset=1_0&handle=7&live=true", "/api/notes?offset=4_0&handle=8&live=true"];

const frame = (poll: number, offset: string) => ({
  poll,
  status: 200,
  headers: { "electric-handle": "7", "electric-offset": offset, "electric-up-to-date": "" },
  body: `[{"value":"${offset} ü"}]`,
});

const text = [{ alive: true }, frame(0, "2_0"), frame(1, "5_0"), { alive: true }, frame(0, "3_0")]
  .map((sent) => `${JSON.stringify(sent)}\n`)
  .join("");

test("hears each answer once, wherever the parts of the text end", () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(text.length), { maxLength: 12 }), (cuts) => {
      const log = new LineLog();
      const heard: string[] = [];
      const observer = log.observe(
        polls,
        (name, { headers }) => heard.push(`${name} ${headers["electric-offset"]}`),
        () => {},
      );
      const ends = [...cuts.sort((a, b) => a - b), text.length];
      for (const [index, end] of ends.entries()) observer.part?.(text.slice(ends[index - 1] ?? 0, end));
      expect(heard).toEqual(["users 2_0", "notes 5_0", "users 3_0"]);
      expect(log.traffic).toMatchObject({ answers: 3, bytes: text.length + 3, shapes: ["users", "notes"] });
    }),
  );
});

test("the end of a request that another has taken the place of does not close the line", () => {
  const log = new LineLog();
  const [older, newer] = [1, 2].map(() =>
    log.observe(
      polls,
      () => {},
      () => {},
    ),
  );
  older?.ended?.(true);
  expect(log.traffic).toMatchObject({ isOpen: true, opened: 2 });
  newer?.ended?.(false);
  expect(log.traffic.isOpen).toBe(false);
});
