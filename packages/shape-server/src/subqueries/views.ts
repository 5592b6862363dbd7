import type { Plan } from "../definition/plan.ts";
import type { InSubquery, Row } from "../where/syntax/condition.ts";
import type { Move, Value } from "./move.ts";

/**
 * The views of a shape: for each sub-query the values that clients know of. A view lags behind its sub-query until the
 * move that changes it is in the shape's log. Values are kept as JSON texts.
 */
export class Views {
  readonly #plan: Plan;
  readonly #values: Set<string>[];
  /** The values of each view that have a NULL. */
  readonly #withNull: Set<string>[];

  constructor(plan: Plan, values: Set<string>[]) {
    this.#plan = plan;
    this.#values = values;
    this.#withNull = values.map((view) => new Set([...view].filter(hasNull)));
  }

  /** Takes over what a move adds and removes. */
  update({ index, values, kind }: Move): void {
    for (const value of values) {
      const text = JSON.stringify(value);
      for (const view of [this.#values[index], value.includes(null) ? this.#withNull[index] : undefined]) {
        if (kind === "gain") view?.add(text);
        else view?.delete(text);
      }
    }
  }

  /**
   * True when a move empties a view, or fills an empty one. `NULL NOT IN (…)` is true of an empty view and unknown of
   * any other, so that such a move concerns the rows that ask for a NULL, too.
   */
  turnWith({ index, values, kind }: Move): boolean {
    const size = this.#values[index]?.size ?? 0;
    return kind === "gain" ? size === 0 : size === values.length;
  }

  /** Evaluates `x IN (SELECT …)` for rows, each time by the values that the views have then. */
  inSubquery(): InSubquery {
    return (index, value, values) => {
      const view = this.#values[index];
      const asked = values ?? [value];
      if (!view || view.size === 0) return false;
      if (asked.includes(null)) return null;
      if (view.has(JSON.stringify(this.#plan.canonicalTest(index, asked)))) return true;
      return this.#withNull[index]?.size ? null : false;
    };
  }

  /** The values that `rows` ask sub-query `index` for and that have a NULL, each of them once. */
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
