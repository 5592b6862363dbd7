import { enableCompileCache } from "node:module";
import { Command, InvalidArgumentError, Option } from "commander";
import getPort, { portNumbers } from "get-port";
import { DevScreen } from "./dev/dev-screen.ts";
import { pathOf } from "./node-child.ts";
import { type Report, terminalReport } from "./report.ts";
import { explain, runToEnd, runUntilStopped } from "./run-until-stopped.ts";
import { StackError } from "./stack-error.ts";

const defaultPort = 3000;

interface CommonFlags {
  dataDir: string;
  reset?: boolean;
}
interface WebFlags extends CommonFlags {
  port?: number;
  https?: boolean;
}

// Each command imports what it runs after this line, so that its next start compiles nothing again.
enableCompileCache();
const report = terminalReport();

const program = new Command("tracer")
  .description(
    "Runs Postgres, its gateway, the shape server and the web app on this machine, without Docker or an account.",
  )
  .addHelpText(
    "after",
    `
When DATABASE_URL and ELECTRIC_URL are set, the stack uses those services and starts none of its own. Set
ELECTRIC_SOURCE_ID and ELECTRIC_SECRET as well when that Electric asks for them. When the two addresses are not set, the
stack starts a shape server, which reads Electric's variables, such as ELECTRIC_SECRET and ELECTRIC_LONG_POLL_TIMEOUT.`,
  )
  .showHelpAfterError();

command("dev", "start the services and the web app's development server")
  .option("--port <number>", `port of the web app (default: ${defaultPort}, or the next free one)`, parsePort)
  .option("--https", "serve HTTPS and HTTP/2 with a self-signed certificate")
  .action((flags: WebFlags) => runWeb("dev", flags));

command("start", "start the services and the production build of the web app")
  .option("--port <number>", `port of the web app (default: ${defaultPort}, or the next free one)`, parsePort)
  .action((flags: WebFlags) => runWeb("built", flags));

command("stack", "start only the services, and print their addresses as NAME=value lines")
  .option(
    "--published-only",
    "Electric reads the published columns alone, as beside the app, and no other table",
  )
  .action(({ dataDir, reset = false, publishedOnly = false }: CommonFlags & { publishedOnly?: boolean }) =>
    runUntilStopped(report, async (signal) => {
      const { startStack } = await import("./stack.ts");
      // Other programs bring tables of their own.
      const stack = await startStack({ dataDir, reset, everyTable: !publishedOnly, report, signal });
      const lines = [`DATABASE_URL=${stack.databaseUrl}`, `ELECTRIC_URL=${stack.electricUrl}`];
      if (stack.electricSecret) lines.push(`ELECTRIC_SECRET=${stack.electricSecret}`);
      process.stdout.write(`${lines.join("\n")}\n`);
      report.note(`The mails of the app are at ${stack.outboxUrl}. Press Ctrl-C to stop the services.`);
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
      const { runSql } = await import("./sql.ts");
      for (const { tag, rows } of await runSql(dataDir, statement)) {
        if (rows.length > 0) console.table(rows);
        process.stdout.write(`${tag}\n`);
      }
    } catch (error) {
      report.note(explain(error));
      process.exitCode = 1;
    }
  });

program
  .command("job")
  .description("run a server job with the links of the running stack, or of the stage of an sst shell")
  .argument("<file>", "the module that exports `handler`")
  .argument("[event]", "what `handler` gets, as JSON", "{}")
  .addOption(dataDirOption())
  .action((file: string, event: string, { dataDir }: CommonFlags) =>
    runToEnd(report, async (signal) => {
      const { runJob } = await import("./job.ts");
      return runJob({ file, event, dataDir, report, signal });
    }),
  );

await program.parseAsync();

function command(name: string, description: string): Command {
  return program
    .command(name)
    .description(description)
    .addOption(dataDirOption())
    .option("--reset", "delete the data of earlier runs, and begin with an empty database");
}

function dataDirOption(): Option {
  return new Option("--data-dir <dir>", "folder that keeps the data between runs").default(
    pathOf("../../../.tracer", import.meta.url),
    ".tracer beside package.json",
  );
}

function runWeb(
  mode: "dev" | "built",
  { dataDir, reset = false, port, https = false }: WebFlags,
): Promise<void> {
  const inTerminal = process.stdin.isTTY && process.stderr.isTTY;
  const screen = mode === "dev" && inTerminal ? new DevScreen() : undefined;
  const shown = screen ?? report;
  return runUntilStopped(shown, async (signal) => {
    const { startApp } = await import("./app.ts");
    const app = await startApp({
      mode,
      dataDir,
      reset,
      https,
      port: await choosePort(port, shown),
      report: shown,
      signal,
    });
    shown.note(`\n  Tracer is at ${app.url}   (press Ctrl-C to stop)`);
    shown.note(`  Its mails are at ${app.stack.outboxUrl}\n`);
    if (mode !== "dev") return app;
    const { watchedApp } = await import("./dev/watched-app.ts");
    return watchedApp(app, { report: shown, dataDir, screen });
  });
}

async function choosePort(wanted: number | undefined, report: Report): Promise<number> {
  const first = wanted ?? defaultPort;
  const free = await getPort({ port: wanted === undefined ? portNumbers(first, first + 100) : first });
  if (free === first) return free;
  if (wanted !== undefined) {
    throw new StackError(
      `Port ${wanted} is taken.`,
      "Stop the program that uses the port, or choose another --port.",
    );
  }
  report.note(`Port ${first} is taken. Using port ${free} instead.`);
  return free;
}

function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port >= 1 && port <= 65_535) return port;
  throw new InvalidArgumentError("A port is a whole number from 1 to 65535.");
}
