import type { InSubquery, Row } from "../where/condition.ts";
import type { Value } from "./dependency.ts";
import type { Plan } from "./plan.ts";

type Change = { index: number; values: Value[]; kind: "gain" | "loss" };

/** Per sub-query the values that clients know of. */
export class Views {
  readonly #plan: Plan;
  readonly #values: Set<string>[];

  constructor(plan: Plan, values: Set<string>[]) {
    this.#plan = plan;
    this.#values = values;
  }

  update({ index, values, kind }: Change): void {
    for (const value of values) {
      if (kind === "gain") this.#values[index]?.add(JSON.stringify(value));
      else this.#values[index]?.delete(JSON.stringify(value));
    }
  }

  /** True when a change makes the sub-query empty, or ends that: then rows that ask for NULL are concerned, too. */
  turnWith({ index, values, kind }: Change): boolean {
    const size = this.#values[index]?.size ?? 0;
    return kind === "gain" ? size === 0 : size === values.length;
  }

  /** What a term `x IN (SELECT …)` is for a row, by the values as they are now. */
  oracle(): InSubquery {
    const views = this.#values.map((view) => new Set(view));
    return (index, value, values) => {
      const view = views[index];
      const asked = values ?? [value];
      if (!view || view.size === 0) return false;
      const isKnown = () => view.has(JSON.stringify(this.#plan.canonicalTest(index, asked)));
      if (!asked.includes(null) && isKnown()) return true;
      const open =
        asked.includes(null) || [...view].some((known) => known.includes("null") && hasNull(known));
      return open ? null : false;
    };
  }

  /** What rows ask a sub-query for where that has a NULL, each once. */
  askedWithNull(index: number, rows: Row[]): Value[] {
    const test = this.#plan.subqueries[index]?.testColumns ?? [];
    const found = new Map<string, Value>();
    for (const row of rows) {
      const value = test.map((name) => row[name] ?? null);
      if (!value.includes(null)) continue;
      const asked = this.#plan.canonicalTest(index, value);
      found.set(JSON.stringify(asked), asked);
    }
    return [...found.values()];
  }
}

function hasNull(value: string): boolean {
  const parts: unknown[] = JSON.parse(value);
  return parts.includes(null);
}
