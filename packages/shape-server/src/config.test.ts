import { expect, test } from "vitest";
import { ConfigError, readConfig } from "./config.ts";

const base = { DATABASE_URL: "postgresql://user@localhost/app", ELECTRIC_INSECURE: "true" };

test("truth has several spellings, and what could mean either is refused", () => {
  for (const ELECTRIC_INSECURE of ["true", "TRUE", "1", "yes", "on"]) {
    expect(readConfig({ ...base, ELECTRIC_INSECURE }).secret).toBeNull();
  }
  for (const ELECTRIC_INSECURE of ["false", "False", "0", ""]) {
    expect(readConfig({ ...base, ELECTRIC_INSECURE, ELECTRIC_SECRET: "s" }).secret).toBe("s");
  }
  expect(() => readConfig({ ...base, ELECTRIC_INSECURE: "no" })).toThrow(ConfigError);
});

test("the stream's id is a name as Postgres folds it", () => {
  const streamId = (ELECTRIC_REPLICATION_STREAM_ID: string) =>
    readConfig({ ...base, ELECTRIC_REPLICATION_STREAM_ID }).replicationStreamId;
  expect(streamId("My_App2")).toBe("my_app2");
  expect(() => streamId("my-app")).toThrow(ConfigError);
});
