import { useHydrated } from "@tanstack/react-router";
import { type FormEvent, type ReactNode, useState } from "react";
import { Button } from "../ui/button";
import { type AuthFailure, type AuthMessage, authMessage, unreachable } from "./auth-message";
import { AuthProblem } from "./auth-problem";

export interface CredentialsFormProps {
  /** The path that the person asked for before signing in. */
  redirect?: string | undefined;
  /** Called when the person is signed in. */
  onDone: () => Promise<void>;
}

/**
 * Sends the values of a form to better-auth and calls `onDone` when better-auth accepts them.
 *
 * @param onField shows a message that is about one field. Without it such a message is a problem like others
 * @returns `run` sends the values, and `problem` says why the last request failed
 */
export function useAuthRequest<Values, Data>(
  send: (values: Values) => Promise<{ data: Data | null; error: AuthFailure | null }>,
  onDone: (data: Data | null, values: Values) => Promise<void>,
  onField?: (message: AuthMessage) => void,
) {
  const [problem, setProblem] = useState<AuthMessage>();
  const run = async (values: Values) => {
    setProblem(undefined);
    try {
      const { data, error } = await send(values);
      if (!error) return await onDone(data, values);
      const message = authMessage(error);
      if (message.field && onField) onField(message);
      else setProblem(message);
    } catch {
      setProblem(unreachable);
    }
  };
  return { problem, run };
}

interface AuthFormProps {
  /** The name of the form and the text of its button. */
  name: string;
  /** The text of the button while the request runs. */
  busy: string;
  isSubmitting: boolean;
  problem: AuthMessage | undefined;
  redirect?: string | undefined;
  onSubmit: (event: FormEvent) => unknown;
  children: ReactNode;
}

/** The frame that the sign-up form and the sign-in form share: the problem, the fields and the button. */
export function AuthForm({ name, busy, isSubmitting, problem, redirect, onSubmit, children }: AuthFormProps) {
  const hydrated = useHydrated();
  return (
    // If the browser ever sends the form itself, POST keeps the password out of the URL.
    <form
      method="post"
      noValidate
      onSubmit={isSubmitting ? (event) => event.preventDefault() : onSubmit}
      aria-label={name}
    >
      <AuthProblem message={problem} redirect={redirect} />
      <div className="grid gap-5">
        {children}
        <Button type="submit" disabled={!hydrated} aria-disabled={isSubmitting}>
          {isSubmitting ? busy : name}
        </Button>
      </div>
    </form>
  );
}
