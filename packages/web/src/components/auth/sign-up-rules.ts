import { standardSchemaResolver } from "@hookform/resolvers/standard-schema";
import { userEmail, userName, userPassword } from "@tracer/core/auth/auth.rules";
import * as z from "zod/mini";

/** The rules of the sign-up form. */
export const signUpResolver = standardSchemaResolver(
  z.object({ name: userName, email: userEmail, password: userPassword }),
);
