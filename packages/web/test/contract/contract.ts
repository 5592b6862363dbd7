import type { Bench, Procedure } from "./bench";
import { mutationRules } from "./mutation-rules";
import { shapeRules } from "./shape-rules";

/** Every rule for every shape route and every procedure, as tests named after the route and the rule. */
export function contract(
  bench: Bench,
  procedures: Procedure[],
): { name: string; hold: () => Promise<void> }[] {
  return [
    ...bench.shapes.flatMap((shape) =>
      Object.keys(shapeRules).map((rule) => ({
        name: `${shape.path} ${rule}`,
        hold: () => holdShape(bench, shape, rule as keyof typeof shapeRules),
      })),
    ),
    ...procedures.flatMap((procedure) =>
      Object.keys(mutationRules).map((rule) => ({
        name: `${procedure.path} ${rule}`,
        hold: () => holdMutation(bench, procedure, rule as keyof typeof mutationRules),
      })),
    ),
  ];
}

/** Holds a shape route against one rule. */
export async function holdShape(bench: Bench, shape: Bench["shapes"][number], rule: keyof typeof shapeRules) {
  await renew(bench);
  await shapeRules[rule](bench, shape);
}

/** Holds a procedure against one rule. */
export async function holdMutation(bench: Bench, procedure: Procedure, rule: keyof typeof mutationRules) {
  await renew(bench);
  await mutationRules[rule](bench, procedure);
}

/** Adds rows in place of those that an earlier rule has removed. */
async function renew({ ada, bob }: Bench): Promise<void> {
  for (const world of [ada, bob]) await world.renew();
}
