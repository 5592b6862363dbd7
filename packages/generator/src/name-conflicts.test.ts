import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { parseColumns } from "./columns.ts";
import { requireFree } from "./name-conflicts.ts";
import { namesOf } from "./names.ts";
import { type Registry, registries, withoutTable, withTable } from "./registries.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const free = async (table: string, columns = "name:text", options = {}) =>
  requireFree(root, await namesOf(table, options), await parseColumns(columns));

test("a name that nothing has is free", async () => {
  await expect(free("projects")).resolves.toBeUndefined();
});

test.for([
  ["users", {}, /too close to "user"/],
  ["sessions", {}, /too close to "session"/],
  ["accounts", {}, /too close to "account"/],
  ["verifications", {}, /too close to "verification"/],
  ["rate_limits", {}, /too close to "rate_limit"/],
  ["session", { singular: "session" }, /"session" already, in packages\/core\/src\/auth\/auth.sql.ts/],
  ["auth", { singular: "sign_in" }, /\/api\/auth is taken/],
  ["trpc", { singular: "call" }, /\/api\/trpc is taken/],
  ["auths", {}, /auth.sql.ts exists already/],
  ["router", { singular: "route" }, /lib\/trpc\/router.ts exists already/],
] as const)("refuses %s, which is taken", async ([table, options, why]) => {
  await expect(free(table, "name:text", options)).rejects.toThrow(why);
});

test("refuses an enum type that has the name of a table, since both are types", async () => {
  await expect(free("rates", "limits:enum(a|b)")).resolves.toBeUndefined();
  await expect(free("rates", "limit_x:enum(a|b)", { singular: "rate" })).resolves.toBeUndefined();
  await expect(free("user_rates", "s:enum(a|b)", { singular: "user_rate" })).resolves.toBeUndefined();
  await expect(free("x_rates", "rates:enum(a|b)", { singular: "x" })).rejects.toThrow(
    /taken by this very table/,
  );
});

test("removing a table's entry gives back the same text, to the letter", async () => {
  for (const [table, registry] of ["projects", "zebras", "apes"].flatMap((one) =>
    registries.map((registry) => [one, registry] as const),
  )) {
    const names = await namesOf(table);
    const text = await readFile(new URL(`../../../${registry.path}`, import.meta.url), "utf8");
    const twice = () => withTable(registry, withTable(registry, text, names), names);
    expect(twice).toThrow(`"${table}" is taken`);
    expect(withoutTable(registry, withTable(registry, text, names), names)).toBe(text);
    expect(() => withoutTable(registry, text, names)).toThrow(`no entry for "${table}"`);
  }
});

test("refuses names that every router has, and the name of the monitor beside the collections", async () => {
  const [router, collections] = registries;
  const wire = async (registry: Registry, table: string) =>
    withTable(
      registry,
      await readFile(new URL(`../../../${registry.path}`, import.meta.url), "utf8"),
      await namesOf(table, { singular: "thing" }),
    );
  await expect(wire(collections, "monitor")).rejects.toThrow(/"monitor" is taken/);
  await expect(wire(router, "apply")).rejects.toThrow(/"apply" is taken/);
  await expect(wire(router, "app")).rejects.toThrow(/"app" is taken/);
});

test("refuses a file that has another form, instead of guessing", async () => {
  const names = await namesOf("projects");
  for (const registry of registries) {
    expect(() => withTable(registry, "export const x = 1;\n", names)).toThrow(/does not have the form/);
  }
});
