import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { Client } from "pg";
import { afterAll, afterEach, expect, test, vi } from "vitest";
import { openProjectCopy } from "../../generator/test/project-copy.ts";
import { quietPort } from "../src/ports.ts";

const copy = await openProjectCopy();
const dataDir = await mkdtemp(join(tmpdir(), "tracer-dev-"));
const running: ChildProcess[] = [];

afterEach(async () => {
  for (const child of running.splice(0)) {
    if (child.exitCode !== null) continue;
    child.kill("SIGINT");
    await once(child, "exit");
  }
});
afterAll(async () => {
  await copy[Symbol.asyncDispose]();
  await rm(dataDir, { recursive: true, force: true });
});

const minutes = 60_000;
const patience = { timeout: 2 * minutes, interval: 100 };
const schema = join(copy.folder, "packages/core/src/auth/auth.sql.ts");

/** Starts `dev` in the copy: in a terminal that `script` opens, or without one. */
async function dev({ terminal }: { terminal: boolean }) {
  const url = `http://localhost:${await quietPort()}`;
  const cli = join(copy.folder, "packages/local/src/cli.ts");
  const command = [process.execPath, cli, "dev", "--data-dir", dataDir, "--port", new URL(url).port];
  const [program = "", ...args] = terminal
    ? ["script", "-qefc", `stty cols 120 rows 40; exec ${command.join(" ")}`, "/dev/null"]
    : command;
  const { DATABASE_URL: _, ELECTRIC_URL: __, ...env } = process.env;
  const child = spawn(program, args, { cwd: copy.folder, env: { ...env, NODE_ENV: "development" } });
  running.push(child);
  let written = "";
  for (const output of [child.stdout, child.stderr]) {
    output.setEncoding("utf8").on("data", (text: string) => {
      written += text;
    });
  }
  /** The picture that is on the screen now: what was written since the last return to the top. */
  const picture = () => stripVTControlCharacters(written.split("\x1B[H").at(-1) ?? "");
  return {
    child,
    url,
    press: (key: string) => child.stdin.write(key),
    written: () => stripVTControlCharacters(written),
    shows: (text: string | RegExp) => vi.waitFor(() => expect(picture()).toMatch(text), patience),
    says: (text: string | RegExp) =>
      vi.waitFor(() => expect(stripVTControlCharacters(written)).toMatch(text), patience),
  };
}

async function edit(from: string, to: string): Promise<void> {
  const text = await readFile(schema, "utf8");
  expect(text).toContain(from);
  await writeFile(schema, text.replace(from, to));
}

async function userColumns(): Promise<string[]> {
  const client = new Client({ connectionString: await readFile(join(dataDir, "database-url"), "utf8") });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>(
      "select column_name as name from information_schema.columns where table_name = 'user'",
    );
    return rows.map(({ name }) => name);
  } finally {
    await client.end();
  }
}

test(
  "one screen shows the parts and what the schema lacks, and its keys migrate, show logs, restart and quit",
  async () => {
    const app = await dev({ terminal: true });
    await app.shows(/Schema +complete/);
    await app.shows(/Tracer +http:\/\/localhost:\d+\s+● Web app +running +http/);
    await app.shows(/● Shape server +running +http:\/\/127\.0\.0\.1:\d+\s+● Postgres +running +127/);

    await edit("  image: text(", '  city: text("city"),\n  image: text(');
    await app.shows(/no migration contains\. Press m\.\s+ALTER TABLE "user" ADD COLUMN "city" text;/);
    expect(await userColumns()).not.toContain("city");
    app.press("m");
    await app.shows(/Schema +complete/);
    expect(await userColumns()).toContain("city");
    const migrations = await readdir(join(copy.folder, "packages/core/migrations"));
    expect(migrations.join(" ")).toMatch(/\b\d{4}_change_user\.sql/);

    app.press("h");
    await app.shows("stops everything, as Ctrl-C does");
    app.press("l");
    await app.shows("Log of Web app");
    app.press("ll");
    await app.shows(/Log of Postgres[\s\S]*database system is ready/);
    app.press("h");
    await app.shows(/Tracer +http/);

    app.press("r");
    await app.shows("Restarting …");
    await app.shows(/Web app +running[\s\S]*Postgres +running(?![\s\S]*Restarting)/);
    expect((await fetch(app.url)).status).toBe(200);

    app.press("q");
    const [code] = await once(app.child, "exit");
    expect(code).toBe(0);
  },
  5 * minutes,
);

test(
  "without a terminal the same is said in plain lines, and a name that may be a new one is told with its flags",
  async () => {
    const app = await dev({ terminal: false });
    await app.says(`Tracer is at ${app.url}`);
    await edit('  city: text("city"),\n', '  town: text("town"),\n');
    await app.says("--renamed user.city=town");
    await edit('  town: text("town"),\n', '  city: text("city"),\n  street: text("street"),\n');
    await app.says('ALTER TABLE "user" ADD COLUMN "street" text;\n→ Run: npm run db:generate\n');
    await copy.sh("npm run db:generate");
    await app.says(/The database lacks a migration:\n {2}\d{4}_change_user\n→ Start again: npm run dev\n/);
    expect(app.written()).not.toContain("q quit");
  },
  5 * minutes,
);
