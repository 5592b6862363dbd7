import { standardSchemaResolver } from "@hookform/resolvers/standard-schema";
import { userEmail } from "@tracer/core/auth/auth.rules";
import { useForm } from "react-hook-form";
import * as z from "zod/mini";
import { authClient } from "~/lib/session/auth-client";
import { Field } from "../ui/field";
import { AuthForm, type CredentialsFormProps, useAuthRequest } from "./auth-form";
import { PasswordField } from "./password-field";

const credentials = z.object({
  email: userEmail,
  // No rules for new passwords here: other rules may have applied when the person chose this password.
  password: z.string("Enter your password.").check(z.minLength(1, "Enter your password.")),
});

/** Signs in to an existing account. */
export function SignInForm({ redirect, onDone }: CredentialsFormProps) {
  const { register, handleSubmit, formState } = useForm({ resolver: standardSchemaResolver(credentials) });
  const { errors, isSubmitting } = formState;
  const { problem, run } = useAuthRequest(
    (values: z.output<typeof credentials>) => authClient.signIn.email(values),
    onDone,
  );

  return (
    <AuthForm
      name="Sign in"
      busy="Signing in…"
      {...{ isSubmitting, problem, redirect }}
      onSubmit={handleSubmit(run)}
    >
      <Field
        label="Email"
        type="email"
        autoComplete="username"
        error={errors.email?.message}
        {...register("email")}
      />
      <PasswordField
        autoComplete="current-password"
        error={errors.password?.message}
        {...register("password")}
      />
    </AuthForm>
  );
}
