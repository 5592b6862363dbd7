import { useEffect } from "react";
import { useForm } from "react-hook-form";
import { Field } from "../ui/field";
import { useIdleLoad } from "../ui/use-idle-load";
import { askAuth } from "./ask-auth";
import { AuthForm, type CredentialsFormProps, useAuthRequest } from "./auth-form";
import { laterRules } from "./later-rules";
import { PasswordField } from "./password-field";

interface Credentials {
  email: string;
  password: string;
}

const rules = laterRules<Credentials>(async () => (await import("./sign-in-rules")).signInResolver);

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
    resolver: rules.resolver,
    // Without default values the form keeps what a person typed before React started.
    ...(email !== undefined && { defaultValues: { email, password: "" } }),
  });
  const { errors, isSubmitting } = formState;
  const { problem, run } = useAuthRequest(
    (values: Credentials) => askAuth<SignedIn>("POST", "/sign-in/email", values),
    onDone,
  );
  useIdleLoad(rules.preload);
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
