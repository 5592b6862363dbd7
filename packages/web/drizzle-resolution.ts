import { registerHooks } from "node:module";

const ofDrizzle = "/node_modules/drizzle-orm/";

/**
 * Resolves the imports between Drizzle's own modules without Drizzle's package.json. Node reads that file, with its
 * hundreds of exports, again for each of the hundred modules, which takes half a second of every start.
 */
export function resolveDrizzleByPath(): void {
  registerHooks({
    resolve(specifier, context, next) {
      const { parentURL = "", conditions } = context;
      const own = specifier.startsWith("./") || specifier.startsWith("../");
      // The modules that end in `.js` are ES modules. Those that `require` asks for end in `.cjs`.
      if (
        !own ||
        !specifier.endsWith(".js") ||
        !parentURL.includes(ofDrizzle) ||
        !conditions.includes("import")
      )
        return next(specifier, context);
      return { url: new URL(specifier, parentURL).href, format: "module", shortCircuit: true };
    },
  });
}
