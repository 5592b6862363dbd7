import { loadLater } from "~/lib/load-later";
import { whenIdle } from "~/lib/when-idle";

/**
 * Makes the browser's part of Start's server functions come after the page, for the build: most pages call a server
 * function only when the person goes on to another page, and the part weighs more than ten kilobytes.
 *
 * @param load imports the part of Start
 * @returns a function that takes the place of Start's own
 */
export function laterServerFunctions<Arguments extends unknown[], Result>(
  load: () => Promise<{ serverFnFetcher: (...args: Arguments) => Promise<Result> }>,
): (...args: Arguments) => Promise<Result> {
  const loaded = loadLater(load);
  // Before somebody needs the part, and before the network goes.
  whenIdle(() => void loaded().catch(() => {}));
  return async (...args) => (await loaded()).serverFnFetcher(...args);
}
