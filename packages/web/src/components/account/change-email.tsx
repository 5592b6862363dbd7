import { standardSchemaResolver } from "@hookform/resolvers/standard-schema";
import { userEmail } from "@tracer/core/auth/auth.rules";
import { useState } from "react";
import { useForm } from "react-hook-form";
import * as z from "zod/mini";
import { askAuth } from "../auth/ask-auth";
import { AuthForm, useAuthRequest } from "../auth/auth-form";
import { LookIntoMail } from "../auth/look-into-mail";
import { PasswordField } from "../auth/password-field";
import { Field } from "../ui/field";

const change = z.object({
  email: userEmail,
  password: z.string("Enter your password.").check(z.minLength(1, "Enter your password.")),
});

interface ChangeEmailProps {
  /** The present address of the account. */
  email: string;
  /** Whether the present address is confirmed, and so has to approve the change. */
  emailVerified: boolean;
}

/** Changes the address of the account. The change happens when the links in the mails have been opened. */
export function ChangeEmail({ email, emailVerified }: ChangeEmailProps) {
  const { register, handleSubmit, formState } = useForm({ resolver: standardSchemaResolver(change) });
  const [asked, setAsked] = useState<string>();
  const { problem, run } = useAuthRequest(
    ({ email: newEmail, password }: z.output<typeof change>) =>
      askAuth("POST", "/change-email", { newEmail, password }),
    async (_data, values) => setAsked(values.email),
  );
  if (asked !== undefined) {
    return (
      <LookIntoMail>
        {emailVerified
          ? `A mail is on the way to ${email}. Approve the change there. Then a second mail goes to the new address.`
          : `A mail is on the way to ${asked}. Open the link in the mail to finish the change.`}
      </LookIntoMail>
    );
  }
  const { errors, isSubmitting } = formState;
  return (
    // The form is made for pages of its own. Here its button is as wide as the buttons of the other sections.
    <div className="[&_[type=submit]]:justify-self-start">
      <AuthForm
        name="Change address"
        busy="Sending…"
        {...{ isSubmitting, problem }}
        onSubmit={handleSubmit(run)}
      >
        <Field
          label="New email"
          type="email"
          autoComplete="email"
          hint={`Now: ${email}`}
          error={errors.email?.message}
          {...register("email")}
        />
        <PasswordField
          autoComplete="current-password"
          error={errors.password?.message}
          {...register("password")}
        />
      </AuthForm>
    </div>
  );
}
