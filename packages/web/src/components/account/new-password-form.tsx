import { standardSchemaResolver } from "@hookform/resolvers/standard-schema";
import { Link } from "@tanstack/react-router";
import { userPassword } from "@tracer/core/auth/auth.rules";
import { useState } from "react";
import { useForm } from "react-hook-form";
import * as z from "zod/mini";
import { askAuth } from "../auth/ask-auth";
import { AuthForm, useAuthRequest } from "../auth/auth-form";
import { NewPasswordField } from "../auth/new-password-field";
import { buttonLook } from "../ui/button";
import { MailLinkResult } from "./mail-link-result";

/** Whose password this is, the page does not know. The server does. */
const nobody = () => ({ name: "", email: "" });
const newPassword = z.object({ password: userPassword });

/**
 * Sets a new password with the token from a mail.
 *
 * @param token is empty when the page was opened without the link from the mail
 */
export function NewPasswordForm({ token }: { token: string }) {
  const { register, handleSubmit, formState } = useForm({ resolver: standardSchemaResolver(newPassword) });
  const [done, setDone] = useState(false);
  const [spent, setSpent] = useState(token === "");
  const { problem, run } = useAuthRequest(
    async ({ password }: z.output<typeof newPassword>) => {
      const answer = await askAuth("POST", "/reset-password", { newPassword: password, token });
      if (answer.error?.code === "INVALID_TOKEN") setSpent(true);
      return answer;
    },
    async () => setDone(true),
  );
  if (done) {
    return (
      <MailLinkResult
        title="Your password is changed"
        action={
          <Link to="/sign-in" className={buttonLook()}>
            Sign in
          </Link>
        }
      >
        All devices were signed out. Sign in with the new password.
      </MailLinkResult>
    );
  }
  if (spent) {
    return (
      <MailLinkResult
        title="This link does not work any more"
        action={
          <Link to="/forgot-password" className={buttonLook()}>
            Ask for a new link
          </Link>
        }
      >
        A link works once, for one hour.
      </MailLinkResult>
    );
  }
  const { errors, isSubmitting } = formState;
  return (
    <AuthForm
      name="Change password"
      busy="Changing…"
      {...{ isSubmitting, problem }}
      onSubmit={handleSubmit(run)}
    >
      <NewPasswordField owner={nobody} error={errors.password?.message} {...register("password")} />
    </AuthForm>
  );
}
