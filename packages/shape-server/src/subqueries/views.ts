import type { Plan } from "../definition/plan.ts";
import type { InSubquery, Row } from "../where/syntax/condition.ts";
import type { Value } from "./dependency.ts";

type Change = { index: number; values: Value[]; kind: "gain" | "loss" };

/** Per sub-query the values that clients know of. */
export class Views {
  readonly #plan: Plan;
  readonly #values: Set<string>[];
  /** Those of them that have a NULL. */
  readonly #open: Set<string>[];

  constructor(plan: Plan, values: Set<string>[]) {
    this.#plan = plan;
    this.#values = values;
    this.#open = values.map((view) => new Set([...view].filter(hasNull)));
  }

  update({ index, values, kind }: Change): void {
    for (const value of values) {
      const text = JSON.stringify(value);
      for (const view of [this.#values[index], value.includes(null) ? this.#open[index] : undefined]) {
        if (kind === "gain") view?.add(text);
        else view?.delete(text);
      }
    }
  }

  /** True when a change makes the sub-query empty, or ends that: then rows that ask for NULL are concerned, too. */
  turnWith({ index, values, kind }: Change): boolean {
    const size = this.#values[index]?.size ?? 0;
    return kind === "gain" ? size === 0 : size === values.length;
  }

  /** What a term `x IN (SELECT …)` is for a row, by the values as they are when it is asked. */
  oracle(): InSubquery {
    return (index, value, values) => {
      const view = this.#values[index];
      const asked = values ?? [value];
      if (!view || view.size === 0) return false;
      if (asked.includes(null)) return null;
      if (view.has(JSON.stringify(this.#plan.canonicalTest(index, asked)))) return true;
      return this.#open[index]?.size ? null : false;
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
