import {
  gadget,
  gadgetAccess,
  gadgetWords,
  insertGadgetSchema,
  updateGadgetSchema,
} from "@tracer/core/gadget/gadget.sql";
import { mutationsOf } from "~/lib/server/trpc/mutations";
import { router } from "~/lib/trpc";

const mutations = mutationsOf(gadget, gadgetAccess, { constraints: gadgetWords });

export const gadgetsRouter = router({
  insert: mutations.insert(insertGadgetSchema, { owner: "userId" }),
  update: mutations.update(updateGadgetSchema),
  delete: mutations.delete(),
});
