import type { Random } from "./random";

/** An act of a person in a tab. `pick` numbers choose among the rows that the tab shows then. */
export type Act =
  | { readonly kind: "add"; readonly table: "projects" | "notes"; readonly ids: readonly string[] }
  /** Quick repetitions on one row: each is an edit. */
  | {
      readonly kind: "change";
      readonly table: "projects" | "notes";
      readonly pick: number;
      readonly texts: readonly string[];
    }
  | { readonly kind: "build"; readonly pick: number; readonly floors: number }
  | { readonly kind: "share"; readonly pick: number; readonly on: boolean }
  | { readonly kind: "invite"; readonly pick: number; readonly id: string }
  | {
      readonly kind: "remove";
      readonly table: "projects" | "notes" | "projectMembers";
      readonly pick: number;
    }
  /** A transaction that adds to three tables. What is wrong with one of its rows undoes all. */
  | {
      readonly kind: "found";
      readonly ids: readonly [project: string, member: string, note: string];
      readonly wrong: boolean;
    }
  /** A transaction that changes a row of two tables and removes one. */
  | { readonly kind: "tidy"; readonly picks: readonly [number, number, number]; readonly text: string };

/** What happens next. */
export type Step =
  | { readonly kind: "act"; readonly browser: number; readonly tab: number; readonly act: Act }
  | { readonly kind: "reload" | "close" | "open"; readonly browser: number; readonly tab: number }
  /** The network of all browsers goes, for so many milliseconds of the model's time. */
  | { readonly kind: "network"; readonly milliseconds: number }
  /** The server goes in the middle of its work, and comes back after so many milliseconds of the model's time. */
  | { readonly kind: "server"; readonly milliseconds: number }
  /** The browsers have reason to try again at once. */
  | { readonly kind: "online" }
  | { readonly kind: "pause"; readonly milliseconds: number };

const tooLong = "x".repeat(121);

function actOf(random: Random): Act {
  const text = () => (random.chance(0.06) ? tooLong : `text ${random.uuid()}`);
  const pick = () => random.below(1_000_000);
  const table = () => (random.chance(0.6) ? "projects" : "notes");
  return random.weighted<() => Act>([
    [
      15,
      () => ({
        kind: "add",
        table: table(),
        ids: Array.from({ length: random.chance(0.8) ? 1 : 3 }, () => random.uuid()),
      }),
    ],
    [30, () => ({ kind: "change", table: table(), pick: pick(), texts: [text()] })],
    [
      18,
      () => ({
        kind: "change",
        table: table(),
        pick: pick(),
        texts: Array.from({ length: 2 + random.below(5) }, text),
      }),
    ],
    [6, () => ({ kind: "build", pick: pick(), floors: random.below(1000) })],
    [6, () => ({ kind: "share", pick: pick(), on: random.chance(0.6) })],
    [6, () => ({ kind: "invite", pick: pick(), id: random.uuid() })],
    [14, () => ({ kind: "remove", table: random.chance(0.2) ? "projectMembers" : table(), pick: pick() })],
    [
      6,
      () => ({
        kind: "found",
        ids: [random.uuid(), random.uuid(), random.uuid()],
        wrong: random.chance(0.3),
      }),
    ],
    [6, () => ({ kind: "tidy", picks: [pick(), pick(), pick()], text: text() })],
  ])();
}

/**
 * Endless steps.
 *
 * @param tabs how many tabs each browser has
 * @param restlessness how often tabs reload, close and open, compared with the usual
 */
export function* scheduleOf(
  random: Random,
  tabs: readonly number[],
  restlessness = 1,
): Generator<Step, never> {
  const place = () => {
    const browser = random.weighted(tabs.map((count, index) => [count, index] as const));
    return { browser, tab: random.below(tabs[browser] ?? 1) };
  };
  while (true) {
    yield random.weighted<() => Step>([
      [100, () => ({ kind: "act", ...place(), act: actOf(random) })],
      [2 * restlessness, () => ({ kind: "reload", ...place() })],
      [restlessness, () => ({ kind: "close", ...place() })],
      [2 * restlessness, () => ({ kind: "open", ...place() })],
      [0.5, () => ({ kind: "network", milliseconds: random.below(30_000) })],
      [0.5, () => ({ kind: "server", milliseconds: random.below(30_000) })],
      [6, () => ({ kind: "online" })],
      [40, () => ({ kind: "pause", milliseconds: random.below(5_000) })],
    ])();
  }
}
