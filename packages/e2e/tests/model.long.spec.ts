import { test as base, expect } from "@playwright/test";
import { quietPort } from "@tracer/local/ports";
import { auditTables } from "../../web/test/model/audit.ts";
import type { Reports } from "../../web/test/model/edits.ts";
import { Random } from "../../web/test/model/random.ts";
import { runModel } from "../../web/test/model/run.ts";
import { Wire } from "../../web/test/model/wire.ts";
import { openModelApp } from "../src/model-app.ts";
import { ModelBrowser } from "../src/model-browser.ts";
import { signUpAt } from "../src/person.ts";
import { startSite } from "../src/site.ts";

// Random edits of one person in two browsers with six tabs, as in packages/web/test/model, but in Chromium, where the
// outbox keeps the edits in IndexedDB, and with the whole app. Tabs reload, close and open, and answers are lost.

/** `TRACER_MODEL=long` makes a thousand edits. The short form is for every day. TRACER_MODEL_SEED takes other choices. */
const long = process.env.TRACER_MODEL === "long";
const edits = Number(process.env.TRACER_MODEL_EDITS ?? (long ? 1_000 : 80));
const seed = Number(process.env.TRACER_MODEL_SEED ?? 1);

/** By which the times of the model are multiplied. */
const pace = 0.01;

/** Short runs need more of what happens to tabs. */
const restlessness = long ? 1 : 3;

const test = base.extend<object, { project: Awaited<ReturnType<typeof openModelApp>> }>({
  project: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of the fixtures from the pattern
    async ({}, use) => {
      await using project = await openModelApp();
      await project.build();
      await use(project);
    },
    { scope: "worker", timeout: 120_000 },
  ],
});

// A seed repeats a run, and a trace of so many steps would be the larger part of the work.
test.use({ trace: "off" });

test("in Chromium every edit is saved once, in order and whole, or said to be refused, and every page shows it", async ({
  browser,
  project,
}) => {
  test.setTimeout(120_000 + edits * 1_000);
  const port = await quietPort();
  await using opened = new AsyncDisposableStack();
  const site = opened.use(await startSite(project, "built", `http://localhost:${port}`));
  const { url, sql } = site;
  await auditTables(sql);
  const wire = opened.use(new Wire(`http://127.0.0.1:${site.port}`, new Random(seed + 1), pace));
  await wire.open(port);
  wire.turn("smooth");
  const [person, friend] = [await signUpAt({ url }), await signUpAt({ url })];
  wire.turn("faulty");
  const reports: Reports = { made: [], told: new Map() };
  const open = async (name: string) =>
    opened.use(await ModelBrowser.open(browser, { name, url, person, friend }, reports));
  const pair = [await open("the first browser"), await open("the second browser")];

  const began = performance.now();
  const { problems, made, refused, counts, restSeconds } = await runModel({
    ...{ seed, edits, pace, restlessness, sql, wire, reports },
    browsers: pair.map((browser) => ({ browser, tabs: 3 })),
  });
  expect(problems.slice(0, 20).join("\n")).toBe("");
  expect(pair.flatMap(({ errors }) => errors)).toEqual([]);
  const seconds = Math.round((performance.now() - began) / 1000);
  console.info(
    `seed ${seed}: ${made} edits, ${refused} refused, ${JSON.stringify(counts)}, ${seconds} s, of which ${Math.round(restSeconds)} s to come to rest`,
  );
});
