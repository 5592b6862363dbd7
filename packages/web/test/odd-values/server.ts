import { serveShape } from "~/lib/electric-proxy";
import { mutationsOf } from "~/lib/server/trpc/mutations";
import { handleTrpc, router } from "~/lib/trpc";
import {
  insertSpecimenSchema,
  selectSpecimenSchema,
  specimen,
  specimenAccess,
  updateSpecimenSchema,
} from "./specimen.sql";

const { insert, update } = mutationsOf(specimen, specimenAccess);

const specimenRouter = router({
  specimens: router({
    insert: insert(insertSpecimenSchema, { owner: "userId" }),
    update: update(updateSpecimenSchema),
  }),
});

export type SpecimenRouter = typeof specimenRouter;

/** The handlers for the table of odd values, by path. */
export const specimenHandlers = {
  "/api/specimens": serveShape({
    table: specimen,
    schema: selectSpecimenSchema,
    access: specimenAccess,
  }),
  "/api/trpc": handleTrpc(specimenRouter),
};
