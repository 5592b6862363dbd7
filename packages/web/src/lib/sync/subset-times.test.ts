import { expect, test } from "vitest";
import { withinElectricsTimes } from "./subset-times";

/** Returns the rewritten condition and parameters. */
function rewritten(where: string, ...parameters: string[]) {
  const url = new URL("http://app.test/api/readings?offset=1_0");
  const numbered = Object.fromEntries(parameters.map((text, index) => [index + 1, text]));
  url.searchParams.set("subset__where", where);
  url.searchParams.set("subset__params", JSON.stringify(numbered));
  const { searchParams } = new URL(String(withinElectricsTimes(url)));
  const sent: Record<string, string> = JSON.parse(searchParams.get("subset__params") ?? "{}");
  return [searchParams.get("subset__where"), ...Object.values(sent)];
}

const [earliest, latest] = ["0001-01-01T00:00:00.000Z", "9999-12-31T23:59:59.999999Z"];

test("an ordinary request stays unchanged", () => {
  const between = [
    '"at" >= $1 AND "at" < $2',
    "2026-01-01T00:00:00.000Z",
    "2026-01-01T00:00:00.001Z",
  ] as const;
  expect(rewritten(...between)).toEqual(between);
  expect(withinElectricsTimes("http://app.test/api/readings?offset=-1")).toBe(
    "http://app.test/api/readings?offset=-1",
  );
});

test("all times beyond the last one count as one", () => {
  const [time, next] = ["+275760-09-12T23:59:59.999Z", "+275760-09-13T00:00:00.000Z"];
  expect(rewritten('"s" = $1 AND ("at" >= $2 AND "at" < $3)', "x", time, next)).toEqual([
    '"s" = $1 AND ("at" >= $2 AND "at" >= $3)',
    "x",
    latest,
    latest,
  ]);
  expect(rewritten('"at" < $1', time)).toEqual(['"at" < $1', latest]);
  expect(rewritten('"at" = $1', time)).toEqual(['"at" >= $1', latest]);
  expect(rewritten('"at" >= $1', time)).toEqual(['"at" >= $1', latest]);
});

test("all times before the first one count as one", () => {
  const [time, next] = ["-271821-04-20T00:00:00.000Z", "-271821-04-20T00:00:00.001Z"];
  expect(rewritten('("at" >= $1 AND "at" < $2)', time, next)).toEqual([
    '("at" <= $1 AND "at" <= $2)',
    earliest,
    earliest,
  ]);
  expect(rewritten('"at" > $1', "0000-06-01T00:00:00.000Z")).toEqual(['"at" > $1', earliest]);
  expect(rewritten('"at" <= $1', time)).toEqual(['"at" <= $1', earliest]);
});
