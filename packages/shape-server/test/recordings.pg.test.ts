import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { type ShapeServer, startShapeServer } from "../src/index.ts";
import { createDatabase, openSessions } from "./replay/database.ts";
import { differences } from "./replay/diff.ts";
import { runScenario } from "./replay/run.ts";
import type { Scenario } from "./replay/scenario.ts";

// Every conversation that was recorded with the real Electric, held with this server. Each has tables of its own, so
// that they can be held at the same time.

const DIRECTORY = join(import.meta.dirname, "recordings");
const SECRET = "the secret of the recordings";
const TIMEOUT_MS = 180_000;

const scenarios: Scenario[] = readdirSync(DIRECTORY).map((file) =>
  JSON.parse(readFileSync(join(DIRECTORY, file), "utf8")),
);

describe.each(["default", "secure"] as const)("recorded with a %s server", (profile) => {
  const secret = profile === "secure" ? SECRET : undefined;
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let server: ShapeServer;
  let storageDir: string;

  beforeAll(async () => {
    database = await createDatabase(inject("postgresUrl"));
    storageDir = await mkdtemp(join(tmpdir(), "shapes-"));
    server = await startShapeServer({
      databaseUrl: database.url,
      port: 0,
      storageDir,
      secret,
      allowDelete: profile === "default",
      longPollTimeout: 3_000,
      replicationStreamId: database.name,
    });
  });

  afterAll(async () => {
    await server?.close();
    await database?.[Symbol.asyncDispose]();
    await rm(storageDir, { recursive: true, force: true });
  });

  const own = scenarios.filter((scenario) => (scenario.profile ?? "default") === profile);
  test.concurrent.for(own)("$name: $purpose", { timeout: TIMEOUT_MS }, async (scenario) => {
    await using sessions = openSessions(database.url);
    const { url } = server;
    const transcript = await runScenario(scenario, { url, sql: sessions.sql, ...(secret ? { secret } : {}) });
    expect(differences(scenario, transcript)).toEqual([]);
  });
});
