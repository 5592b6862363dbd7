import type { Names } from "./names.ts";

/** The paths of a table's three files, from the repository's root. */
export function pathsOf({ domain, file, slug }: Names) {
  return {
    schema: `packages/core/src/${domain}/${file}.sql.ts`,
    route: `packages/web/src/routes/api/${slug}.ts`,
    router: `packages/web/src/lib/trpc/${slug}.ts`,
  };
}

/** The module name by which the web package imports a table's schema file. */
export function schemaModule({ domain, file }: Names): string {
  return `@tracer/core/${domain}/${file}.sql`;
}
