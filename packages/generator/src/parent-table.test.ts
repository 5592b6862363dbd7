import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { parentOf } from "./parent-table.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));

test.for([
  ["projects", /There is no table "projects"/],
  ["user", /declares several tables/],
  ["client_transaction", /exports no \w+Access, the rule/],
] as const)("refuses %s as a parent", async ([parent, reason]) => {
  await expect(parentOf(root, parent, "floor_plans")).rejects.toThrow(reason);
});
