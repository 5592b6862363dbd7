import { user } from "@tracer/core/auth/auth.sql";
import { peersOf } from "@tracer/core/sharing/roles";
import { createSelectSchema } from "drizzle-zod";
import type { z } from "zod";
import { workspaceRoles } from "./seat.sql";

/** A view of people for those with a seat in the same workspace. */
export const personAccess = peersOf(() => workspaceRoles);
export const selectPersonSchema = createSelectSchema(user).pick({ id: true, name: true });

export type Person = z.infer<typeof selectPersonSchema>;
