import { expect, test } from "vitest";
import { namesOf } from "./names.ts";
import { registries, withoutTable, withTable } from "./registries.ts";

const [, collections] = registries;

const text = `import { perUser } from "~/lib/sync/per-user"; // the factory
import { trpc } from "~/lib/trpc-client";

// Below are the tables.
export const { collectionsFor } = perUser(({ synced }) => ({
  // People.
  users: synced<User>("users", trpc.users), // one row
}));
`;

test("adding and removing an entry leaves the neighbours' comments where they are", async () => {
  const names = await namesOf("projects");
  const withProjects = withTable(collections, text, names);
  expect(withProjects).toContain(`projects: synced<Project>("projects", trpc.projects)`);
  expect(withoutTable(collections, withProjects, names)).toBe(text);
  const more = withTable(collections, withProjects, await namesOf("notes"));
  const without = withoutTable(collections, more, names);
  expect(without).toBe(withTable(collections, text, await namesOf("notes")));
});

test("a file that does not have the expected form is refused", async () => {
  const names = await namesOf("projects");
  const other = text.replace("perUser(", "perPerson(");
  expect(() => withTable(collections, other, names)).toThrow(/does not have the form/);
  expect(() => withoutTable(collections, text, names)).toThrow(/has no entry for "projects"/);
});
