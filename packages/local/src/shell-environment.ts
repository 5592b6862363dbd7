/** Returns an environment without libpq's variables, all of which begin with `PG`. */
export function withoutLibpq(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith("PG")));
}

/**
 * Removes libpq's variables from the environment of this process, and so from every process that it starts later.
 *
 * A shell that sets `PGSSLMODE=require` or `PGOPTIONS=…` means servers elsewhere. But node-postgres and Neon's driver
 * read these variables for whatever a URL leaves open, and have no option that turns this off.
 */
export function forgetLibpq(): void {
  const kept = withoutLibpq(process.env);
  for (const name of Object.keys(process.env)) if (!(name in kept)) delete process.env[name];
}

/**
 * Returns the variables that exempt this machine from the shell's proxies, in addition to the shell's own exemptions.
 * With `NODE_USE_ENV_PROXY=1` Node sends every other request through `HTTP_PROXY`.
 */
export function withoutProxyToThisMachine(environment: NodeJS.ProcessEnv): Record<string, string> {
  const exceptions = environment.no_proxy || environment.NO_PROXY;
  const all = [...(exceptions ? [exceptions] : []), "127.0.0.1", "localhost"].join(",");
  return { NO_PROXY: all, no_proxy: all };
}
