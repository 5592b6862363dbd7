import { type FirstPaint, perUser } from "~/lib/sync/per-user";
import type { trpcOf } from "./browser";
import type { Note } from "./note.sql";
import type { Project, ProjectMember } from "./project.sql";
import type { Reading } from "./reading.sql";

/**
 * Opens the collections of the example tables for one person. `end` stops the collections, and
 * `show` gives them the rows of a page that came later.
 *
 * @param firstPaint the rows that came with the person's page
 */
export function exampleCollections(userId: string, trpc: ReturnType<typeof trpcOf>, firstPaint?: FirstPaint) {
  const { collectionsFor, endCollections } = perUser(({ synced }) => ({
    projects: synced<Project>("projects", trpc.projects),
    projectMembers: synced<ProjectMember>("projectMembers", trpc.projectMembers),
    notes: synced<Note>("notes", trpc.notes),
    readings: synced<Reading>("readings", trpc.readings, { sync: "on-demand" }),
  }));
  return {
    ...collectionsFor(userId, firstPaint),
    show: (later: FirstPaint) => void collectionsFor(userId, later),
    end: endCollections,
  };
}
