import { standardSchemaResolver } from "@hookform/resolvers/standard-schema";
import { userEmail } from "@tracer/core/auth/auth.rules";
import { useState } from "react";
import { useForm } from "react-hook-form";
import * as z from "zod/mini";
import { askAuth } from "../auth/ask-auth";
import { AuthForm, useAuthRequest } from "../auth/auth-form";
import { LookIntoMail } from "../auth/look-into-mail";
import { Field } from "../ui/field";

const address = z.object({ email: userEmail });

/** Asks for a mail with a link for a new password. The answer is the same whether the address has an account or not. */
export function ForgotPasswordForm() {
  const { register, handleSubmit, formState } = useForm({ resolver: standardSchemaResolver(address) });
  const [sentTo, setSentTo] = useState<string>();
  const { problem, run } = useAuthRequest(
    ({ email }: z.output<typeof address>) => askAuth("POST", "/request-password-reset", { email }),
    async (_data, { email }) => setSentTo(email),
  );
  if (sentTo !== undefined) {
    return (
      <LookIntoMail>
        If <strong className="wrap-anywhere">{sentTo}</strong> has an account, a mail with a link is on the
        way. The link works for one hour.
      </LookIntoMail>
    );
  }
  const { errors, isSubmitting } = formState;
  return (
    <AuthForm
      name="Send the link"
      busy="Sending…"
      {...{ isSubmitting, problem }}
      onSubmit={handleSubmit(run)}
    >
      <Field
        label="Email"
        type="email"
        autoComplete="username"
        error={errors.email?.message}
        {...register("email")}
      />
    </AuthForm>
  );
}
