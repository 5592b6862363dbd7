import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import {
  checkDisk,
  checkNode,
  checkStage,
  formatFindings,
  isWell,
  type StageState,
} from "../tools/doctor-checks.ts";
import { checkPort, findBrowser } from "../tools/doctor-machine.ts";

const complete: StageState = {
  stage: "production",
  environment: { NEON_API_KEY: "key" },
  aws: true,
  docker: true,
  secrets: [
    "AuthSecret",
    "AppDatabasePassword",
    "ElectricDatabasePassword",
    "ElectricSourceId",
    "ElectricSourceSecret",
  ],
  links: ["Database", "Site"],
  missingMigrations: [],
};
const nothing: StageState = {
  stage: "ada",
  environment: {},
  aws: false,
  docker: false,
  secrets: undefined,
  links: undefined,
  missingMigrations: undefined,
};

test("a complete stage has no next step", () => {
  expect(isWell(checkStage(complete))).toBe(true);
  expect(formatFindings(checkStage(complete))).toContain("Nothing is missing.");
});

test("a new stage gets every step, in the order in which a person does the steps, for its own name", () => {
  const text = formatFindings(checkStage(nothing));
  const steps = text.split("in this order:\n")[1]?.split("\n") ?? [];
  expect(
    steps.map((step) => /aws configure|NEON_API_KEY=|secret set \w+|sst deploy/.exec(step)?.[0]),
  ).toEqual([
    "aws configure",
    "NEON_API_KEY=",
    "secret set AuthSecret",
    "secret set AppDatabasePassword",
    "secret set ElectricDatabasePassword",
    "sst deploy",
    "secret set ElectricSourceId",
    "secret set ElectricSourceSecret",
  ]);
  expect(steps.filter((step) => step.includes("sst ") && !step.includes("--stage ada"))).toEqual([]);
});

test.each([
  [
    "a secret",
    { secrets: complete.secrets?.filter((name) => name !== "ElectricSourceSecret") },
    "secret set ElectricSourceSecret --stage production",
  ],
  ["a migration", { missingMigrations: ["0001_client_transaction"] }, "npx sst deploy --stage production"],
  [
    "Docker for its containers",
    { docker: false, environment: { NEON_API_KEY: "key", TRACER_API: "service" } },
    "Start Docker",
  ],
  ["Neon's key", { environment: {} }, "export NEON_API_KEY=<key>"],
])("a stage without %s gets the one step for it", (_name, change, command) => {
  const steps = checkStage({ ...complete, ...change }).flatMap(({ nextStep }) => nextStep ?? []);
  expect(steps).toEqual([expect.stringContaining(command)]);
});

test("an old Node and a full disk are problems", () => {
  expect(checkNode("v20.0.0", 20).nextStep).toBeUndefined();
  expect(checkNode("v18.20.1", 20)).toMatchObject({
    found: "Node 18.20.1",
    nextStep: expect.stringContaining("20"),
  });
  expect(checkDisk(50e9).nextStep).toBeUndefined();
  expect(checkDisk(2e9)).toMatchObject({ found: "2.0 GB free", nextStep: expect.stringContaining("3 GB") });
});

test("a machine without a browser is told how to get one", () => {
  expect(findBrowser({ PATH: "/nowhere", HOME: "/nowhere" }).nextStep).toBe(
    "npx playwright install chromium",
  );
});

test("a port that is taken is named, and is no problem", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  expect(await checkPort(port)).toEqual({
    name: `Port ${port}`,
    found: "taken: the stack takes another one",
  });
  server.close();
  await once(server, "close");
  expect(await checkPort(port)).toEqual({ name: `Port ${port}`, found: "free" });
});

test("the command ends with 1 and names the first step, when a stage has nothing", () => {
  const doctor = fileURLToPath(new URL("../tools/doctor.ts", import.meta.url));
  const { status, stdout } = spawnSync(process.execPath, [doctor, "--stage", "ada"], {
    env: { PATH: process.env.PATH, HOME: "/nowhere" },
    encoding: "utf8",
  });
  expect(stdout).toContain("  1. aws configure");
  expect(status).toBe(1);
});
