import type { FieldValues, Resolver } from "react-hook-form";
import { loadLater } from "~/lib/load-later";

/** The rules of a form, and a function that loads the rules before somebody sends the form. */
interface LaterRules<Values extends FieldValues> {
  resolver: Resolver<Values, unknown, Values>;
  preload: () => Promise<unknown>;
}

/**
 * Makes rules of a form that come after the page. Whoever sends the form waits for the rules. When the rules cannot be
 * loaded, the form is sent as it is, because the server holds the same rules.
 *
 * @param load imports the resolver with the rules
 */
export function laterRules<Values extends FieldValues>(
  load: () => Promise<Resolver<Values, unknown, Values>>,
): LaterRules<Values> {
  const preload = loadLater(load);
  return {
    preload,
    resolver: async (values, context, options) => {
      const check = await preload().catch(() => undefined);
      return check ? check(values, context, options) : { values, errors: {} };
    },
  };
}
