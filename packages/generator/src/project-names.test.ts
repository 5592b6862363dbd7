import { expect, test } from "vitest";
import { projectNames, withName } from "./project-names.ts";

const old = projectNames("gallop");
const next = projectNames("inkwell-yard");

test("a name has a form for packages, for people and for the environment", () => {
  expect(next).toEqual({ name: "inkwell-yard", title: "Inkwell Yard", variable: "INKWELL_YARD" });
});

test.for(["Inkwell", "inkwell_yard", "2fast", "inkwell-", "@inkwell", "", "a".repeat(31)])(
  "refuses the name %j",
  (name) => {
    expect(() => projectNames(name)).toThrow(/kebab-case|more than 30/);
  },
);

test("each form takes the place of the same form, there and back", () => {
  const text = `import "@gallop/core"; const home = process.env.GALLOP_HOME ?? ".gallop"; // Gallop starts.`;
  const renamed = `import "@inkwell-yard/core"; const home = process.env.INKWELL_YARD_HOME ?? ".inkwell-yard"; // Inkwell Yard starts.`;
  expect(withName(text, old, next)).toBe(renamed);
  expect(withName(renamed, next, old)).toBe(text);
});

test("a bullet, which is no name, stays", () => {
  expect(withName("a gallop bullet for Gallop", old, next)).toBe("a gallop bullet for Inkwell Yard");
});
