import type { CpuProfile } from "./inspector.ts";

/** A function and what it called, with the samples in which either ran. */
export interface Flame {
  readonly name: string;
  /** Such as `drizzle-orm`, `node` or `app`. What V8 itself does is `native`. */
  readonly package: string;
  samples: number;
  readonly callees: Map<string, Flame>;
}

/** What V8 calls the time in which the program did nothing. */
const idle = "(idle)";

/**
 * Joins the stacks of a profile into one tree. Functions of one name and package are one function, also where they call
 * each other. The time in which the program waited is left out.
 */
export function flameTree({ nodes, samples }: CpuProfile): Flame {
  const taken = new Map<number, number>();
  for (const id of samples) taken.set(id, (taken.get(id) ?? 0) + 1);
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const root: Flame = { name: "all", package: "", samples: 0, callees: new Map() };
  const [first] = nodes;
  const walk = (id: number, above: readonly Flame[]) => {
    const node = byId.get(id);
    if (!node || node.callFrame.functionName === idle) return;
    const path =
      id === first?.id ? above : into(above, node.callFrame.functionName, packageOf(node.callFrame.url));
    for (const flame of path) flame.samples += taken.get(id) ?? 0;
    for (const child of node.children ?? []) walk(child, path);
  };
  if (first) walk(first.id, [root]);
  return root;
}

/** Adds a function to the end of a stack. A function that calls itself is already there. */
function into(above: readonly Flame[], functionName: string, packageName: string): readonly Flame[] {
  const caller = above.at(-1);
  const name = functionName || "(anonymous)";
  if (!caller || (caller.name === name && caller.package === packageName)) return above;
  const key = `${packageName} ${name}`;
  const known = caller.callees.get(key);
  const flame = known ?? { name, package: packageName, samples: 0, callees: new Map() };
  if (!known) caller.callees.set(key, flame);
  return [...above, flame];
}

/** Tells from the address of a script of the production build whose code it is. */
export function packageOf(url: string): string {
  if (url === "") return "native";
  if (url.startsWith("node:")) return "node";
  // A file holds one library, or several joined with "+". The builder writes `@scope/name` as `scope__name`.
  const [, library] = /\/_libs\/(.*?)(?:\+\[\.\.\.\])?\.mjs$/.exec(decodeURIComponent(url)) ?? [];
  if (library !== undefined) return library.replaceAll(/([\w-]+?)__/g, "@$1/");
  return "app";
}
