import { updateUserSchema, user, userAccess } from "@tracer/core/auth/auth.sql";
import { mutationsOf } from "~/lib/server/trpc/mutations";
import { replacePicture } from "~/lib/server/uploads/replace-picture";
import { router } from "~/lib/trpc";

const users = mutationsOf(user, userAccess);

/** What a person may do with their own user row. It is made by signing up. */
export const usersRouter = router({
  update: users.update(updateUserSchema, { before: replacePicture }),
});
