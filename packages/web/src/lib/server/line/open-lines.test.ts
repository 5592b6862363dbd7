import { expect, test } from "vitest";
import { linesTogether } from "../limits";
import { Overload } from "../load/overload";
import { leavePlace, type OpenLine, takePlace } from "./open-lines";

/** Opens a line that notes whether the line has given way. */
function openLine(id: string, browser = "one") {
  const line: OpenLine & { gaveWay: boolean } = {
    session: { id },
    browser,
    gaveWay: false,
    tick: () => {},
    giveWay: () => {
      line.gaveWay = true;
      leavePlace(line);
    },
    end: () => leavePlace(line),
  };
  return Object.assign(line, { isPlaced: takePlace(line) });
}

test("a process refuses lines beyond its limit, keeps those that it holds, and takes one for each that ends", () => {
  const lines = Array.from({ length: linesTogether }, (_, index) => openLine(`user ${index}`));
  expect(lines.every(({ isPlaced, gaveWay }) => isPlaced && !gaveWay)).toBe(true);
  const refused = { limited: "lines", of: "everybody", retryAfter: 10 };
  expect(() => openLine("one too many")).toThrow(expect.objectContaining(refused));
  expect(() => openLine("user 0", "another browser")).toThrow(Overload);

  // A browser that has lost its connection gets the place of its older line.
  const again = openLine("user 1");
  expect(lines[1]?.gaveWay).toBe(true);
  expect(() => openLine("one too many")).toThrow(Overload);

  lines[0]?.end();
  lines[0]?.end();
  expect(openLine("one too many").isPlaced).toBe(true);
  expect(() => openLine("two too many")).toThrow(Overload);
  again.end();
  expect(openLine("two too many").isPlaced).toBe(true);
});
