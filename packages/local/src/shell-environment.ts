/** An environment without libpq's variables, all of which begin with `PG`. */
export function withoutLibpq(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith("PG")));
}

/**
 * Removes libpq's variables from this process's environment, and so from the environment of every process that this
 * one starts from now on.
 *
 * node-postgres and Neon's driver read these variables for whatever a URL leaves open, and no option of theirs switches
 * that off. Somebody whose shell says `PGSSLMODE=require` or `PGOPTIONS=…` means servers elsewhere.
 */
export function forgetLibpq(): void {
  const kept = withoutLibpq(process.env);
  for (const name of Object.keys(process.env)) if (!(name in kept)) delete process.env[name];
}

/**
 * The variables that keep a program's requests to this machine away from the proxies that the shell names. Node goes by
 * `HTTP_PROXY` and its like when `NODE_USE_ENV_PROXY` is set.
 */
export function withoutProxyToThisMachine(environment: NodeJS.ProcessEnv): Record<string, string> {
  const exceptions = environment.no_proxy || environment.NO_PROXY;
  const all = [...(exceptions ? [exceptions] : []), "127.0.0.1", "localhost"].join(",");
  return { NO_PROXY: all, no_proxy: all };
}
