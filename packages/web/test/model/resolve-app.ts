import { existsSync } from "node:fs";
import { registerHooks } from "node:module";

// Lets Node load the app's modules as they are: they name each other by `~/` and without an ending, as Vite resolves them.
const source = new URL("../../src/", import.meta.url);

registerHooks({
  resolve: (specifier, context, next) => {
    const isOwn = specifier.startsWith("~/") || specifier.startsWith(".");
    const fromPackage = context.parentURL?.includes("/node_modules/") ?? true;
    if (!isOwn || fromPackage) return next(specifier, context);
    const url = specifier.startsWith("~/")
      ? new URL(specifier.slice(2), source)
      : new URL(specifier, context.parentURL);
    const file = new URL(`${url.href}.ts`);
    return next(existsSync(file) ? file.href : url.href, context);
  },
  load: (url, context, next) => {
    const loaded = next(url, context);
    if (!url.startsWith(source.href)) return loaded;
    // Vite gives each module this object.
    return { ...loaded, source: `import.meta.env = { DEV: true }; ${loaded.source}` };
  },
});
