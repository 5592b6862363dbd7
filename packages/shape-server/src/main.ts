import { parseArgs } from "node:util";
import { ConfigError, readConfig, variables } from "./config.ts";
import { SetupError } from "./errors/setup-error.ts";
import { listen } from "./server.ts";
import { keepFilesPrivate } from "./storage/private-files.ts";

const exitCode = { failed: 1, usage: 2, setup: 3 };

const help = `Usage: shape-server [--help]

Serves shapes of a Postgres database over HTTP, as Electric's sync service does.
These environment variables set the server up:

${variables.map(([name, meaning]) => `  ${name.padEnd(36)}${meaning}`).join("\n")}

Exit codes: 0 after SIGTERM or SIGINT; ${exitCode.failed} something failed; ${exitCode.usage} wrong usage or settings;
${exitCode.setup} the database is not set up for replication.
`;

/** Runs the server until a signal or a failure ends it. Returns the exit code. */
async function main(args: string[]): Promise<number> {
  let options: ReturnType<typeof readConfig>;
  try {
    const { values } = parseArgs({ args, options: { help: { type: "boolean", short: "h" } } });
    if (values.help) {
      process.stdout.write(help);
      return 0;
    }
    options = readConfig(process.env);
  } catch (error) {
    const known = error instanceof ConfigError || (error instanceof TypeError && "code" in error);
    if (!known) throw error;
    process.stderr.write(`${error.message}\nRun shape-server --help to see every setting.\n`);
    return exitCode.usage;
  }
  keepFilesPrivate();
  const server = await listen(options);
  const signalled = new Promise<null>((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT"]) process.once(signal, () => resolve(null));
  });
  const failure = await Promise.race([signalled, server.failed]);
  await server.close();
  if (failure === null) return 0;
  const advice = failure instanceof SetupError ? `\n${failure.advice}` : "";
  process.stderr.write(`${failure.message}${advice}\n`);
  return failure instanceof SetupError ? exitCode.setup : exitCode.failed;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = exitCode.failed;
}
