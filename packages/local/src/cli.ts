import { Command, InvalidArgumentError, Option } from "commander";
import getPort, { portNumbers } from "get-port";
import { startApp } from "./app.ts";
import { pathOf } from "./node-child.ts";
import { type Report, terminalReport } from "./report.ts";
import { explain, runUntilStopped } from "./run-until-stopped.ts";
import { runSql } from "./sql.ts";
import { startStack } from "./stack.ts";
import { StackError } from "./stack-error.ts";

const DEFAULT_PORT = 3000;

type CommonFlags = { dataDir: string; reset?: boolean };
type WebFlags = CommonFlags & { port?: number; https?: boolean };

const report = terminalReport();

const program = new Command("tracer")
  .description(
    "The local stack: Postgres, its gateway, the shape server and the web app, without Docker or an account.",
  )
  .addHelpText(
    "after",
    `
With DATABASE_URL and ELECTRIC_URL set, those services are used and none are started. ELECTRIC_SOURCE_ID and
ELECTRIC_SECRET go with them where that Electric wants them. Without them, what Electric reads from its environment,
such as ELECTRIC_SECRET or ELECTRIC_LONG_POLL_TIMEOUT, holds for the shape server that is started.`,
  )
  .showHelpAfterError();

command("dev", "start the services and the web app's development server")
  .option(
    "--port <number>",
    `port of the web app (default: ${DEFAULT_PORT}, or the next free one)`,
    parsePort,
  )
  .option("--https", "serve HTTPS with a self-signed certificate, and so HTTP/2")
  .action((flags: WebFlags) => runWeb("dev", flags));

command("start", "start the services and the production build of the web app")
  .option(
    "--port <number>",
    `port of the web app (default: ${DEFAULT_PORT}, or the next free one)`,
    parsePort,
  )
  .action((flags: WebFlags) => runWeb("built", flags));

command("stack", "start the services alone, and print their addresses as NAME=value lines").action(
  ({ dataDir, reset = false }: CommonFlags) =>
    runUntilStopped(report, async (signal) => {
      const stack = await startStack({ dataDir, reset, report, signal });
      const lines = [`DATABASE_URL=${stack.databaseUrl}`, `ELECTRIC_URL=${stack.electricUrl}`];
      if (stack.electricSecret) lines.push(`ELECTRIC_SECRET=${stack.electricSecret}`);
      process.stdout.write(`${lines.join("\n")}\n`);
      report.note("Ctrl-C stops them.");
      return stack;
    }),
);

program
  .command("sql")
  .description("run SQL on the database of the running stack, behind the app's back")
  .argument("<statement>", 'for example: select name, email from "user"')
  .addOption(dataDirOption())
  .action(async (statement: string, { dataDir }: CommonFlags) => {
    try {
      for (const { tag, rows } of await runSql(dataDir, statement)) {
        if (rows.length > 0) console.table(rows);
        process.stdout.write(`${tag}\n`);
      }
    } catch (error) {
      report.note(explain(error));
      process.exitCode = 1;
    }
  });

await program.parseAsync();

function command(name: string, description: string): Command {
  return program
    .command(name)
    .description(description)
    .addOption(dataDirOption())
    .option("--reset", "begin with an empty database: delete what earlier runs kept in the data folder");
}

function dataDirOption(): Option {
  return new Option("--data-dir <dir>", "where the data is kept between runs").default(
    pathOf("../../../.tracer", import.meta.url),
    ".tracer beside package.json",
  );
}

function runWeb(
  mode: "dev" | "built",
  { dataDir, reset = false, port, https = false }: WebFlags,
): Promise<void> {
  return runUntilStopped(report, async (signal) => {
    const app = await startApp({
      mode,
      dataDir,
      reset,
      https,
      port: await choosePort(port, report),
      report,
      signal,
    });
    report.note(`\n  Tracer is at ${app.url}   (Ctrl-C stops it)\n`);
    return app;
  });
}

async function choosePort(wanted: number | undefined, { note }: Report): Promise<number> {
  const first = wanted ?? DEFAULT_PORT;
  const free = await getPort({ port: wanted === undefined ? portNumbers(first, first + 100) : first });
  if (free === first) return free;
  if (wanted !== undefined) {
    throw new StackError(
      `Port ${wanted} is taken.`,
      "Stop the program that uses it, or choose another --port.",
    );
  }
  note(`Port ${first} is taken; using ${free}.`);
  return free;
}

function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port >= 1 && port <= 65_535) return port;
  throw new InvalidArgumentError("A port is a whole number from 1 to 65535.");
}
