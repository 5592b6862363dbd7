import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { parseColumns } from "./columns.ts";
import { namesOf } from "./names.ts";
import { requireFree } from "./taken.ts";
import { rooms, unwired, wired } from "./wiring.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const free = async (table: string, columns = "name:text", options = {}) =>
  requireFree(root, await namesOf(table, options), await parseColumns(columns));

test("a name that nobody has is free", async () => {
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
] as const)("refuses %s, which is somebody's", async ([table, options, why]) => {
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

test("a table's line is taken out as it was put in, to the letter", async () => {
  for (const [table, room] of ["projects", "zebras", "apes"].flatMap((one) =>
    rooms.map((room) => [one, room] as const),
  )) {
    const names = await namesOf(table);
    const text = await readFile(new URL(`../../../${room.path}`, import.meta.url), "utf8");
    const twice = () => wired(room, wired(room, text, names), names);
    expect(twice).toThrow(`"${table}" is taken`);
    expect(unwired(room, wired(room, text, names), names)).toBe(text);
    expect(() => unwired(room, text, names)).toThrow(`no line for "${table}"`);
  }
});

test("refuses names that stand beside the collections, and those that every router has", async () => {
  const [router, collections] = rooms;
  if (!router || !collections) throw new Error("Two files know of every table.");
  const wire = async (room: typeof router, table: string) =>
    wired(
      room,
      await readFile(new URL(`../../../${room.path}`, import.meta.url), "utf8"),
      await namesOf(table, { singular: "thing" }),
    );
  await expect(wire(collections, "monitor")).rejects.toThrow(/"monitor" is taken/);
  await expect(wire(router, "apply")).rejects.toThrow(/"apply" is taken/);
  await expect(wire(router, "app")).rejects.toThrow(/"app" is taken/);
});

test("refuses to wire a file that has another form, rather than guess", async () => {
  const names = await namesOf("projects");
  for (const room of rooms) expect(() => wired(room, "export const x = 1;\n", names)).toThrow(/another form/);
});
