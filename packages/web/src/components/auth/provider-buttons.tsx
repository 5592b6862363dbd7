import { useState } from "react";
import type { Provider } from "~/lib/wire/provider";
import { Button } from "../ui/button";
import { askAuth } from "./ask-auth";
import { type AuthMessage, authMessage, unreachable } from "./auth-message";
import { AuthProblem } from "./auth-problem";

const names: Record<Provider, string> = { google: "Google", github: "GitHub" };

interface ProviderButtonsProps {
  providers: readonly Provider[];
  /** The path that the person asked for before signing in. */
  redirect?: string | undefined;
}

/** Leads to the page of a provider, which sends the person back signed in. */
export function ProviderButtons({ providers, redirect }: ProviderButtonsProps) {
  const [problem, setProblem] = useState<AuthMessage>();
  const [leaving, setLeaving] = useState(false);

  async function leave(provider: Provider) {
    if (leaving) return;
    setLeaving(true);
    setProblem(undefined);
    const callbackURL = redirect ?? "/profile";
    const errorCallbackURL = "/sign-in?reason=provider";
    const body = { provider, callbackURL, errorCallbackURL, disableRedirect: true };
    const { data, error } = await askAuth<{ url: string }>("POST", "/sign-in/social", body).catch(() => ({
      data: null,
      error: undefined,
    }));
    if (data) window.location.assign(data.url);
    else {
      setProblem(error ? authMessage(error) : unreachable);
      setLeaving(false);
    }
  }

  return (
    <div className="mt-7 border-t pt-6">
      <AuthProblem message={problem} />
      <ul className="space-y-3">
        {providers.map((provider) => (
          <li key={provider}>
            <Button
              variant="outline"
              className="w-full"
              aria-disabled={leaving}
              onClick={() => leave(provider)}
            >
              Continue with {names[provider]}
            </Button>
          </li>
        ))}
      </ul>
    </div>
  );
}
