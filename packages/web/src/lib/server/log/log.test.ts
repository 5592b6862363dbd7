import { expect, test } from "vitest";
import { logTo } from "~/lib/server/log/log";
import { noteUser, requestContext } from "~/lib/server/log/request-context";

function capture() {
  const lines: unknown[] = [];
  const log = logTo({ write: (line) => void lines.push(JSON.parse(line)) });
  return { log, lines };
}

test("a line has the time, the level and the fields, and no more outside of a request", () => {
  const { log, lines } = capture();
  log.warn({ event: "something", area: "here" }, "in words");
  expect(lines).toEqual([
    {
      level: "warn",
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      event: "something",
      area: "here",
      message: "in words",
    },
  ]);
});

test("a line names the request and the user, also in work that the request leaves behind", async () => {
  const { log, lines } = capture();
  const later = requestContext.run({ id: "request-1", address: "10.0.0.1" }, async () => {
    await Promise.resolve();
    noteUser("ada");
    return new Promise<void>((done) => setImmediate(() => done(log.error("later"))));
  });
  noteUser("nobody");
  await later;
  expect(lines).toMatchObject([{ request: "request-1", user: "ada", message: "later" }]);
  // The address stands in security events alone.
  expect(JSON.stringify(lines)).not.toContain("10.0.0.1");
});
