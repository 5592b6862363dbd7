import { useState } from "react";
import { type AuthFailure, type AuthMessage, authMessage, unreachable } from "../auth/auth-message";

export type RequestState = "ready" | "busy" | "done";

/**
 * Sends a request to better-auth when a person presses a button.
 *
 * @param send makes the request. A repetition while the request runs sends nothing
 * @returns how far the request is, and why the last one failed
 */
export function useFormRequest<Values>(send: (values: Values) => Promise<{ error: AuthFailure | null }>) {
  const [state, setState] = useState<RequestState>("ready");
  const [problem, setProblem] = useState<AuthMessage>();
  const run = async (values: Values) => {
    if (state === "busy") return;
    setState("busy");
    setProblem(undefined);
    const { error } = await send(values).catch(() => ({ error: {} }));
    if (error) setProblem("status" in error && error.status ? authMessage(error) : unreachable);
    setState(error ? "ready" : "done");
  };
  return { state, problem, run };
}
