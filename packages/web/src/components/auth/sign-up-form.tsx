import { useState } from "react";
import { useForm } from "react-hook-form";
import { Field } from "../ui/field";
import { useIdleLoad } from "../ui/use-idle-load";
import { askAuth } from "./ask-auth";
import { AuthForm, type CredentialsFormProps, useAuthRequest } from "./auth-form";
import { laterRules } from "./later-rules";
import { LookIntoMail } from "./look-into-mail";
import { NewPasswordField } from "./new-password-field";

interface NewAccount {
  name: string;
  email: string;
  password: string;
}

const rules = laterRules<NewAccount>(async () => (await import("./sign-up-rules")).signUpResolver);

/** Creates an account, and signs the person in where that needs no confirmed address. */
export function SignUpForm({ redirect, onDone }: CredentialsFormProps) {
  // Without default values the form keeps what a person typed before React started.
  const { register, handleSubmit, getValues, setError, formState } = useForm({
    resolver: rules.resolver,
  });
  const { errors, isSubmitting } = formState;
  useIdleLoad(rules.preload);
  const [sentTo, setSentTo] = useState<string>();
  const { problem, run } = useAuthRequest(
    (values: NewAccount) => askAuth<{ token: string | null }>("POST", "/sign-up/email", values),
    // Without a token nobody is signed in yet: the address has to be confirmed first.
    async (data, { email }) => (data?.token === null ? setSentTo(email) : onDone()),
    ({ text }) => setError("password", { message: text }, { shouldFocus: true }),
  );
  if (sentTo !== undefined) {
    return (
      <LookIntoMail>
        We have sent a mail to <strong className="wrap-anywhere">{sentTo}</strong>. Open the link in the mail,
        and then sign in.
      </LookIntoMail>
    );
  }

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
      <NewPasswordField
        owner={() => ({ name: getValues("name") ?? "", email: getValues("email") ?? "" })}
        error={errors.password?.message}
        {...register("password")}
      />
    </AuthForm>
  );
}
