import { configDefaults, defineConfig } from "vitest/config";

// The long forms take minutes: `npm run test:long` runs them alone.
const exclude = [...configDefaults.exclude, ...(process.env.TRACER_LONG ? [] : ["**/*.long.test.ts"])];

const project = (name: string, root: string) => ({
  extends: true as const,
  root,
  test: { name, include: ["{src,test}/**/*.test.{ts,tsx}", "*.test.ts"], exclude },
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
      project("infra", "infra"),
      project("ci", ".ci"),
      project("docs", "docs"),
    ],
  },
});
