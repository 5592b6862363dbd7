import { defineConfig } from "vitest/config";

const project = (name: string, root: string) => ({
  extends: true as const,
  root,
  test: { name, include: ["{src,test}/**/*.test.{ts,tsx}", "*.test.ts"] },
});

export default defineConfig({
  test: {
    // A `*.test.ts` is pure. A `*.pg.test.ts` uses the Postgres that the global setup starts once for the whole run.
    globalSetup: "packages/local/test/global-setup.ts",
    maxWorkers: 2,
    // The limits catch tests that hang, not tests that are slow: the machine may be busy with other work.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 30_000 } },
    teardownTimeout: 15_000,
    projects: [
      project("core", "packages/core"),
      project("shape-server", "packages/shape-server"),
      project("local", "packages/local"),
      { ...project("web", "packages/web"), resolve: { tsconfigPaths: true } },
      project("generator", "packages/generator"),
      project("infra", "infra"),
      project("ci", ".ci"),
      project("docs", "docs"),
    ],
  },
});
