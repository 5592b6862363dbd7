import type { Site } from "./site.ts";

/** One line of the table. */
export interface Measured {
  what: string;
  /** What the app takes, with its unit. */
  app: number;
  /** What the same takes without the app: {@link Row.about} says what. */
  limit?: number;
  unit: "ms" | "s" | "requests/s" | "statements" | "KB";
  /** The figure that the aim is about: the app's own, or the app's over the limit's. */
  aimed: "app" | "ratio";
  /** Such as "≤ 5". */
  aim: string;
}

/** A part of the benchmark. Each file in `rows` exports one as `row`, and `run.ts` finds the file by itself. */
export interface Row {
  title: string;
  /** What is measured and what the limit is, in whole sentences for the page. */
  about: string;
  measure: (site: Site) => Promise<Measured[]>;
}
