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

test("caching and the length of answers are set as Electric sets them", () => {
  const settings = readConfig({
    ...base,
    ELECTRIC_CACHE_MAX_AGE: "1",
    ELECTRIC_CACHE_STALE_AGE: "3",
    ELECTRIC_SHAPE_CHUNK_BYTES_THRESHOLD: "10000",
  });
  expect(settings).toMatchObject({ cacheMaxAge: 1, cacheStaleAge: 3, chunkBytes: 10_000 });
  expect(readConfig(base)).toMatchObject({ cacheMaxAge: 60, cacheStaleAge: 300, chunkBytes: 10_485_760 });
  expect(() => readConfig({ ...base, ELECTRIC_CACHE_MAX_AGE: "1h" })).toThrow(ConfigError);
  expect(() => readConfig({ ...base, ELECTRIC_SHAPE_CHUNK_BYTES_THRESHOLD: "0" })).toThrow(ConfigError);
});
