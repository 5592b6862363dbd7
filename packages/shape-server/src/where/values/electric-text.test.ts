import { expect, test } from "vitest";
import { electricText } from "./electric-text.ts";

test.for([
  ["2.50", "2.5"],
  ["10", "10.0"],
  ["0", "0.0"],
  ["-0.001", "-0.001"],
  ["0.00001", "1.0e-5"],
  ["100", "100.0"],
  ["1000", "1.0e3"],
  ["1234", "1234.0"],
  ["1e+20", "1.0e20"],
  ["NaN", "NaN"],
] as const)("the number %s reads %s, as a float of Erlang does", ([postgres, electric]) => {
  expect(electricText("numeric")?.(postgres)).toBe(electric);
});

test("truth values and moments read as they do in Elixir", () => {
  expect(electricText("bool")?.("true")).toBe("t");
  expect(electricText("timestamp")?.("2024-06-01 12:00:00")).toBe("2024-06-01T12:00:00");
  expect(electricText("int4")).toBeUndefined();
});
