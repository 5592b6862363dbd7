import { expect, test, vi } from "vitest";

const files = {
  ...import.meta.glob("./*.sql.ts"),
  ...import.meta.glob("../../../core/src/**/*.sql.ts"),
};

// Schema files may import each other. A file that uses another one while both load works in one order and fails in another.
test.for(Object.entries(files))("%s can be loaded before all others", async ([, load]) => {
  vi.resetModules();
  await expect(load()).resolves.toBeDefined();
});
