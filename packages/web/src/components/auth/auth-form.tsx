import { useHydrated } from "@tanstack/react-router";
import { type FormEvent, type ReactNode, useState } from "react";
import { Button } from "../ui/button";
import { type AuthFailure, type AuthMessage, authMessage, unreachable } from "./auth-message";
import { AuthProblem } from "./auth-problem";

/** Where the person was going, and what takes them there once they are in. */
export type AuthFormProps = { redirect?: string | undefined; onDone: () => Promise<void> };

/** Sends what a form holds to better-auth: `onDone` follows when it agrees, `problem` says why when it does not. */
export function useAuthAct<Values>(
  act: (values: Values) => Promise<{ error: AuthFailure | null }>,
  onDone: () => Promise<void>,
) {
  const [problem, setProblem] = useState<AuthMessage>();
  const run = async (values: Values) => {
    setProblem(undefined);
    try {
      const { error } = await act(values);
      if (error) setProblem(authMessage(error));
      else await onDone();
    } catch {
      setProblem(unreachable);
    }
  };
  return { problem, run };
}

type ShellProps = {
  /** What the form and its button are called. */
  name: string;
  /** The button's words while the server is asked. */
  busy: string;
  isSubmitting: boolean;
  problem: AuthMessage | undefined;
  redirect?: string | undefined;
  onSubmit: (event: FormEvent) => unknown;
  children: ReactNode;
};

/** The form of signing up and of signing in: the problem above, the fields, the button. */
export function AuthForm({ name, busy, isSubmitting, problem, redirect, onSubmit, children }: ShellProps) {
  const hydrated = useHydrated();
  return (
    // POST keeps a password out of the address, should the form ever be sent by the browser itself.
    <form
      method="post"
      noValidate
      onSubmit={isSubmitting ? (event) => event.preventDefault() : onSubmit}
      aria-label={name}
    >
      <AuthProblem message={problem} redirect={redirect} />
      <div className="space-y-5">
        {children}
        <Button type="submit" disabled={!hydrated} aria-disabled={isSubmitting} className="w-full">
          {isSubmitting ? busy : name}
        </Button>
      </div>
    </form>
  );
}
