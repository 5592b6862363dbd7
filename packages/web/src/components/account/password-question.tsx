import { standardSchemaResolver } from "@hookform/resolvers/standard-schema";
import { useEffect } from "react";
import { useForm } from "react-hook-form";
import * as z from "zod/mini";
import type { Answered } from "../auth/ask-auth";
import { AuthForm, useAuthRequest } from "../auth/auth-form";
import { PasswordField } from "../auth/password-field";
import { Button } from "../ui/button";

const given = z.object({
  password: z.string("Enter your password.").check(z.minLength(1, "Enter your password.")),
});

interface PasswordQuestionProps<Data> {
  /** The name of the form and the text of its button. */
  name: string;
  /** The text of the button while the request runs. */
  busy: string;
  /** Says in a sentence what happens. */
  about: string;
  send: (password: string) => Promise<Answered<Data>>;
  onDone: (data: Data) => Promise<void> | void;
  onCancel: () => void;
}

/** Asks for the password before something about the account changes. */
export function PasswordQuestion<Data>({ send, onDone, onCancel, ...words }: PasswordQuestionProps<Data>) {
  const { register, handleSubmit, setFocus, setError, formState } = useForm({
    resolver: standardSchemaResolver(given),
    defaultValues: { password: "" },
  });
  const { problem, run } = useAuthRequest(
    ({ password }: { password: string }) => send(password),
    async (data) => {
      if (data !== null) await onDone(data);
    },
    ({ text }) => setError("password", { message: text }, { shouldFocus: true }),
  );
  useEffect(() => setFocus("password"), [setFocus]);
  const { errors, isSubmitting } = formState;
  return (
    <>
      <p className="mb-5">{words.about}</p>
      <AuthForm
        name={words.name}
        busy={words.busy}
        {...{ isSubmitting, problem }}
        onSubmit={handleSubmit(run)}
      >
        <PasswordField
          label="Your password"
          autoComplete="current-password"
          error={errors.password?.message}
          {...register("password")}
        />
      </AuthForm>
      <Button variant="ghost" size="small" className="mt-3 w-full" onClick={onCancel}>
        Cancel
      </Button>
    </>
  );
}
