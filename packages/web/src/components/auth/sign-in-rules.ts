import { standardSchemaResolver } from "@hookform/resolvers/standard-schema";
import { userEmail } from "@tracer/core/auth/auth.rules";
import * as z from "zod/mini";

/** The rules of the sign-in form. */
export const signInResolver = standardSchemaResolver(
  z.object({
    email: userEmail,
    // No rules for new passwords here: other rules may have applied when the person chose this password.
    password: z.string("Enter your password.").check(z.minLength(1, "Enter your password.")),
  }),
);
