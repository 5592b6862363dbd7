import { standardSchemaResolver } from "@hookform/resolvers/standard-schema";
import { userPassword } from "@tracer/core/auth/auth.rules";
import { useState } from "react";
import { useForm } from "react-hook-form";
import * as z from "zod/mini";
import { askAuth } from "../auth/ask-auth";
import { useAuthRequest } from "../auth/auth-form";
import { NewPasswordField } from "../auth/new-password-field";
import { PasswordField } from "../auth/password-field";
import { Alert } from "../ui/alert";
import { Button } from "../ui/button";
import { Section } from "./section";

const change = z.object({
  currentPassword: z.string("Enter your password.").check(z.minLength(1, "Enter your password.")),
  newPassword: userPassword,
});

/** Changes the password, which signs the person out everywhere else. */
export function PasswordSection({ owner }: { owner: { name: string; email: string } }) {
  const [changed, setChanged] = useState(false);
  const { register, handleSubmit, reset, setError, formState } = useForm({
    resolver: standardSchemaResolver(change),
    defaultValues: { currentPassword: "", newPassword: "" },
  });
  const { errors, isSubmitting } = formState;
  const { problem, run } = useAuthRequest(
    (values: z.output<typeof change>) => {
      setChanged(false);
      return askAuth("POST", "/change-password", values);
    },
    async () => {
      reset();
      setChanged(true);
    },
    ({ field, text }) => {
      const name = field === "password" ? "newPassword" : "currentPassword";
      setError(name, { message: text }, { shouldFocus: true });
    },
  );

  return (
    <Section title="Password" about="A new password signs you out on all other devices.">
      <form
        method="post"
        noValidate
        aria-label="Change password"
        onSubmit={isSubmitting ? (event) => event.preventDefault() : handleSubmit(run)}
      >
        <div role="alert" className="not-empty:mb-5">
          {problem ? <Alert>{problem.text}</Alert> : null}
        </div>
        {/* Password managers keep the password with the name in this field. */}
        <input type="text" autoComplete="username" value={owner.email} readOnly hidden />
        <div className="space-y-5">
          <PasswordField
            label="Current password"
            autoComplete="current-password"
            error={errors.currentPassword?.message}
            {...register("currentPassword")}
          />
          <NewPasswordField
            label="New password"
            owner={() => owner}
            error={errors.newPassword?.message}
            {...register("newPassword")}
          />
          <div className="flex flex-wrap items-center gap-4">
            <Button type="submit" aria-disabled={isSubmitting}>
              {isSubmitting ? "Changing…" : "Change password"}
            </Button>
            <p role="status" className="text-sm font-medium text-read">
              {changed ? "Your password is changed." : ""}
            </p>
          </div>
        </div>
      </form>
    </Section>
  );
}
