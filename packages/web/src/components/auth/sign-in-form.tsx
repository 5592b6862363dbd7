import { standardSchemaResolver } from "@hookform/resolvers/standard-schema";
import { userEmail } from "@tracer/core/auth/auth.rules";
import { useEffect } from "react";
import { useForm } from "react-hook-form";
import * as z from "zod/mini";
import { Field } from "../ui/field";
import { askAuth } from "./ask-auth";
import { AuthForm, type CredentialsFormProps, useAuthRequest } from "./auth-form";
import { PasswordField } from "./password-field";

const credentials = z.object({
  email: userEmail,
  // No rules for new passwords here: other rules may have applied when the person chose this password.
  password: z.string("Enter your password.").check(z.minLength(1, "Enter your password.")),
});

/** What a right password leads to. */
interface SignedIn {
  /** Whether nobody is signed in yet, because the account asks for a second factor. */
  twoFactorRedirect?: boolean;
}

interface SignInFormProps extends Omit<CredentialsFormProps, "onDone"> {
  /** Called when the password was right. */
  onDone: (signedIn: SignedIn | null) => Promise<void>;
  /** The address of the person who is to sign in again. The form then stands in the page that the person was on. */
  email?: string | undefined;
}

/** Signs in to an existing account. */
export function SignInForm({ redirect, email, onDone }: SignInFormProps) {
  const { register, handleSubmit, setFocus, formState } = useForm({
    resolver: standardSchemaResolver(credentials),
    // Without default values the form keeps what a person typed before React started.
    ...(email !== undefined && { defaultValues: { email, password: "" } }),
  });
  const { errors, isSubmitting } = formState;
  const { problem, run } = useAuthRequest(
    (values: z.output<typeof credentials>) => askAuth<SignedIn>("POST", "/sign-in/email", values),
    onDone,
  );
  const isAgain = email !== undefined;

  useEffect(() => {
    if (isAgain) setFocus("password");
  }, [isAgain, setFocus]);

  return (
    <AuthForm
      name="Sign in"
      busy="Signing in…"
      // A link to the other form would lead away from the page.
      problem={isAgain && problem ? { text: problem.text } : problem}
      {...{ isSubmitting, redirect }}
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
