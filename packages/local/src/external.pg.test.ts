import { once } from "node:events";
import { createServer } from "node:http";
import { afterEach, expect, inject, test } from "vitest";
import { checkDatabase, checkElectric, directUrl, externalServices, neonGateway } from "./external.ts";

const ended: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ended.splice(0)) await end();
});

/** Starts an Electric that gives these answers to health checks in turn, and then repeats the last one. */
async function electricThatAnswers(...answers: [status: number, body: string][]): Promise<string> {
  const server = createServer((request, response) => {
    const [status, body] = (answers.length > 1 ? answers.shift() : answers[0]) ?? [404, ""];
    response.writeHead(request.url === "/v1/health" ? status : 404).end(body);
  }).listen(0, "127.0.0.1");
  ended.push(() => server.close());
  await once(server, "listening");
  const address = server.address();
  return `http://127.0.0.1:${address && typeof address === "object" ? address.port : 0}`;
}

test("without the two addresses there are no external services, with both there are", () => {
  expect(externalServices({})).toBeUndefined();
  expect(externalServices({ DATABASE_URL: "", ELECTRIC_URL: "", ELECTRIC_SECRET: "s" })).toBeUndefined();
  expect(
    externalServices({
      DATABASE_URL: "postgresql://u:p@h/d",
      ELECTRIC_URL: "http://e:3000/",
      ELECTRIC_SECRET: "s",
    }),
  ).toEqual({ databaseUrl: "postgresql://u:p@h/d", electricUrl: "http://e:3000", sourceId: "", secret: "s" });
});

test("one of the two addresses alone is an error that names the other", () => {
  expect(() => externalServices({ DATABASE_URL: "postgresql://u:p@h/d" })).toThrow("ELECTRIC_URL is not");
  expect(() => externalServices({ ELECTRIC_URL: "http://e" })).toThrow("DATABASE_URL is not");
});

test("an address that is not a URL is an error that leaves the address out", () => {
  const env = { DATABASE_URL: "host=h password=hunter2", ELECTRIC_URL: "http://e" };
  expect(() => externalServices(env)).toThrow(
    /^DATABASE_URL is not a URL that begins with postgres:\/\/ or postgresql:\/\/\.$/,
  );
});

test("a database at Neon has a gateway of its own, and migrations use its direct host", () => {
  const pooled = "postgresql://u:p@ep-cool-1-pooler.eu-central-1.aws.neon.tech/app?sslmode=require";
  expect(neonGateway(pooled)).toBe("wss://ep-cool-1-pooler.eu-central-1.aws.neon.tech/v2");
  expect(new URL(directUrl(pooled)).hostname).toBe("ep-cool-1.eu-central-1.aws.neon.tech");
  expect(neonGateway("postgresql://u:p@neon.tech.example/app")).toBeUndefined();
  expect(directUrl("postgresql://u:p@my-pooler.example/app")).toBe("postgresql://u:p@my-pooler.example/app");
});

test("a database that answers passes, and an error about one that does not leaves out its password", async () => {
  const url = new URL(inject("postgresUrl"));
  await checkDatabase(url.href);
  url.password = "hunter2";
  await expect(checkDatabase(url.href)).rejects.toThrow(/authentication failed/);
  url.port = "1";
  const error = await checkDatabase(url.href).catch((cause) => String(cause.message));
  expect(error).toMatch(/127\.0\.0\.1:1, does not answer: .*ECONNREFUSED/);
  expect(error).not.toContain("hunter2");
});

test("the check waits for an Electric that is starting", async () => {
  await checkElectric(
    await electricThatAnswers([202, '{"status":"starting"}'], [200, '{"status":"active"}']),
  );
});

test("an Electric that answers but hides its health passes", async () => {
  await checkElectric(await electricThatAnswers([404, "not found"]));
});

test("an Electric that fails or does not answer is an error that says so", async () => {
  await expect(checkElectric(await electricThatAnswers([500, "oh"]))).rejects.toThrow("it answered 500");
  await expect(checkElectric("http://127.0.0.1:1")).rejects.toThrow(/127\.0\.0\.1:1, is not up: .+/);
});
