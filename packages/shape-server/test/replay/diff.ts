import { isObject, type Json, type JsonObject, type Looseness, type Scenario } from "./scenario.ts";

interface Transcript {
  [id: string]: JsonObject;
}

/** Every difference between what was recorded and what happened, in words. */
export function differences(scenario: Scenario, actual: Transcript): string[] {
  const found: string[] = [];
  const { transcript: expected, loose = {} } = scenario;
  for (const id of new Set([...Object.keys(expected), ...Object.keys(actual)])) {
    const rules = { ...loose["*"], ...loose[id] };
    compare(expected[id], actual[id], id, "", rules, undefined, found);
  }
  return found;
}

function compare(
  expected: Json | undefined,
  actual: Json | undefined,
  path: string,
  inside: string,
  rules: { [path: string]: Looseness },
  outer: Looseness | undefined,
  found: string[],
): void {
  const mode = rules[inside] ?? outer;
  if (mode === "ignore") return;
  const differs = () => found.push(`${path}: expected ${show(expected)}, got ${show(actual)}`);
  if (kindOf(expected) !== kindOf(actual)) {
    differs();
    return;
  }
  if (mode === "type") return;
  if (Array.isArray(expected) && Array.isArray(actual)) {
    if (mode === "keys") {
      if ((expected.length === 0) !== (actual.length === 0)) differs();
      return;
    }
    if (expected.length !== actual.length) differs();
    expected.slice(0, actual.length).forEach((entry, i) => {
      compare(entry, actual[i], `${path}[${i}]`, inside, rules, mode, found);
    });
  } else if (isObject(expected) && isObject(actual)) {
    for (const key of new Set([...Object.keys(expected), ...Object.keys(actual)])) {
      const next = inside === "" ? key : `${inside}.${key}`;
      compare(expected[key], actual[key], `${path}.${key}`, next, rules, mode, found);
    }
  } else if (expected !== actual && mode !== "keys") differs();
}

function kindOf(value: Json | undefined): string {
  return value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
}

function show(value: Json | undefined): string {
  const text = value === undefined ? "nothing" : JSON.stringify(value);
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}
