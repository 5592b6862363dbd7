import { gadget, gadgetAccess, insertGadgetSchema, updateGadgetSchema } from "@tracer/core/gadget/gadget.sql";
import { router } from "~/lib/trpc";
import { mutationsOf } from "~/lib/trpc/mutations";

const mutations = mutationsOf(gadget, gadgetAccess);

export const gadgetsRouter = router({
  insert: mutations.insert(insertGadgetSchema, { owner: "userId" }),
  update: mutations.update(updateGadgetSchema),
  delete: mutations.delete(),
});
