import { useCallback, useEffect, useState } from "react";
import { sessionEnded } from "~/lib/session/session-end";
import type { SignInMethods } from "~/lib/wire/sign-in-methods";
import { listMethods } from "./account-client";

/**
 * How the person can sign in. The page asks when it opens and when the person comes back to the page.
 *
 * @returns the methods, undefined until the first answer; whether the last request failed; and `refresh`, which asks at
 *   once
 */
export function useMethods() {
  const [methods, setMethods] = useState<SignInMethods>();
  const [isStale, setIsStale] = useState(false);

  const refresh = useCallback(async () => {
    const answer = await listMethods().catch(() => undefined);
    if (answer?.error?.status === 401) sessionEnded();
    setIsStale(!answer?.data);
    if (answer?.data) setMethods(answer.data);
  }, []);

  useEffect(() => {
    const look = () => void refresh();
    look();
    addEventListener("focus", look);
    return () => removeEventListener("focus", look);
  }, [refresh]);

  return { methods, isStale, refresh };
}
