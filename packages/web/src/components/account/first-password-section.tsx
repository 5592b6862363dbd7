import { standardSchemaResolver } from "@hookform/resolvers/standard-schema";
import { userPassword } from "@tracer/core/auth/auth.rules";
import type { PasswordOwner } from "@tracer/core/auth/personal-password";
import { useForm } from "react-hook-form";
import * as z from "zod/mini";
import { AuthForm, useAuthRequest } from "../auth/auth-form";
import { NewPasswordField } from "../auth/new-password-field";
import { setPassword } from "./account-client";
import { Section } from "./section";

const chosen = z.object({ password: userPassword });

interface FirstPasswordSectionProps {
  owner: PasswordOwner;
  /** Called when the person has a password. */
  onDone: () => Promise<void>;
}

/** Gives a password to a person who has signed in elsewhere so far. */
export function FirstPasswordSection({ owner, onDone }: FirstPasswordSectionProps) {
  const { register, handleSubmit, setError, formState } = useForm({
    resolver: standardSchemaResolver(chosen),
    defaultValues: { password: "" },
  });
  const { problem, run } = useAuthRequest(
    ({ password }: z.output<typeof chosen>) => setPassword(password),
    onDone,
    ({ text }) => setError("password", { message: text }, { shouldFocus: true }),
  );
  const { errors, isSubmitting } = formState;
  return (
    <Section title="Password" about="You have no password yet. With one you can sign in here directly.">
      <AuthForm
        name="Set password"
        busy="Setting…"
        {...{ isSubmitting, problem }}
        onSubmit={handleSubmit(run)}
      >
        <NewPasswordField
          label="New password"
          owner={() => owner}
          error={errors.password?.message}
          {...register("password")}
        />
      </AuthForm>
    </Section>
  );
}
