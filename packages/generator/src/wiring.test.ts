import { expect, test } from "vitest";
import { namesOf } from "./names.ts";
import { rooms, unwired, wired } from "./wiring.ts";

const [, collections] = rooms;
if (!collections) throw new Error("no room for collections");

const text = `import { perUser } from "~/lib/sync/per-user"; // the factory
import { trpc } from "~/lib/trpc-client";

// Below are the tables.
export const { collectionsFor } = perUser(({ synced }) => ({
  // People.
  users: synced<User>("users", trpc.users), // one row
}));
`;

test("a line that comes and goes leaves its neighbours' comments where they are", async () => {
  const names = await namesOf("projects");
  const withProjects = wired(collections, text, names);
  expect(withProjects).toContain(`projects: synced<Project>("projects", trpc.projects)`);
  expect(unwired(collections, withProjects, names)).toBe(text);
  const more = wired(collections, withProjects, await namesOf("notes"));
  const without = unwired(collections, more, names);
  expect(without).toBe(wired(collections, text, await namesOf("notes")));
});

test("a file that no longer has the pattern's form is refused", async () => {
  const names = await namesOf("projects");
  const other = text.replace("perUser(", "perPerson(");
  expect(() => wired(collections, other, names)).toThrow(/has another form than the pattern's/);
  expect(() => unwired(collections, text, names)).toThrow(/has no line for "projects"/);
});
