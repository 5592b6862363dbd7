import { standardSchemaResolver } from "@hookform/resolvers/standard-schema";
import { passwordLength, userEmail, userName, userPassword } from "@tracer/core/auth/auth.rules";
import { useForm } from "react-hook-form";
import * as z from "zod/mini";
import { authClient } from "~/lib/session/auth-client";
import { Field } from "../ui/field";
import { AuthForm, type CredentialsFormProps, useAuthRequest } from "./auth-form";
import { PasswordField } from "./password-field";

const newAccount = z.object({ name: userName, email: userEmail, password: userPassword });

/** Creates an account and signs the person in. */
export function SignUpForm({ redirect, onDone }: CredentialsFormProps) {
  // Without default values the form keeps what a person typed before React started.
  const { register, handleSubmit, formState } = useForm({ resolver: standardSchemaResolver(newAccount) });
  const { errors, isSubmitting } = formState;
  const { problem, run } = useAuthRequest(
    (values: z.output<typeof newAccount>) => authClient.signUp.email(values),
    onDone,
  );

  return (
    <AuthForm
      name="Create account"
      busy="Creating account…"
      {...{ isSubmitting, problem, redirect }}
      onSubmit={handleSubmit(run)}
    >
      <Field label="Name" autoComplete="name" error={errors.name?.message} {...register("name")} />
      <Field
        label="Email"
        type="email"
        autoComplete="email"
        error={errors.email?.message}
        {...register("email")}
      />
      <PasswordField
        autoComplete="new-password"
        hint={`At least ${passwordLength.min} characters.`}
        error={errors.password?.message}
        {...register("password")}
      />
    </AuthForm>
  );
}
