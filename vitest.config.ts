import { tmpdir } from "node:os";
import { join } from "node:path";
import { configDefaults, defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

// Every test file and many tests start processes of Node, which load the same packages.
process.env.NODE_COMPILE_CACHE ??= join(tmpdir(), "tracer-compile-cache");

/** The files that take longest, by parts of their paths. */
const longest = [
  "contract/example",
  "local/src/cli.",
  "generator/test/",
  "local/src/job.",
  "infra/test/deployment",
];

/** Begins with the longest files, so that no run ends with one of them alone while a processor is idle. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification) => longest.some((part) => moduleId.includes(part));
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

// The long forms take minutes: `npm run test:long` runs them alone.
const exclude = [...configDefaults.exclude, ...(process.env.TRACER_LONG ? [] : ["**/*.long.test.ts"])];

const project = (name: string, root: string) => ({
  extends: true as const,
  root,
  test: { name, include: ["{src,test,bench}/**/*.test.{ts,tsx}", "*.test.ts"], exclude },
});

/** Lets the files of a project share processes and what they have loaded, such as the dry runs of deployments. */
const sharing = ({ test, ...rest }: ReturnType<typeof project>) => ({
  ...rest,
  test: { ...test, isolate: false },
});

const web = () => {
  const { test, ...rest } = project("web", "packages/web");
  // The log of a test run shows what goes wrong, and not each sign-in.
  const env = { TRACER_LOG_LEVEL: "warn" };
  return { ...rest, test: { ...test, env }, resolve: { tsconfigPaths: true } };
};

export default defineConfig({
  test: {
    // A `*.test.ts` is pure. A `*.pg.test.ts` uses the Postgres that the global setup starts once for the whole run.
    globalSetup: "packages/local/test/global-setup.ts",
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
    // The limits catch tests that hang, not tests that are slow: the machine may be busy with other work.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 30_000 } },
    teardownTimeout: 15_000,
    projects: [
      project("core", "packages/core"),
      project("shape-server", "packages/shape-server"),
      project("local", "packages/local"),
      web(),
      project("generator", "packages/generator"),
      project("e2e", "packages/e2e"),
      sharing(project("infra", "infra")),
      sharing(project("ci", ".ci")),
      sharing(project("docs", "docs")),
    ],
  },
});
