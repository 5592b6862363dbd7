import { useNavigate, useRouteContext, useRouter } from "@tanstack/react-router";
import { useState } from "react";
import { useOutbox } from "~/lib/sync/outbox/use-outbox";
import { Alert } from "../ui/alert";
import { Button } from "../ui/button";
import { signOut } from "./sign-out";
import { UnsavedDialog } from "./unsaved-dialog";

type Step = "ready" | "asking" | "leaving" | "failed";

/** Ends the session and opens the landing page. Asks first when unsaved edits would be lost. */
export function SignOutButton() {
  const { user } = useRouteContext({ from: "/_authed" });
  const router = useRouter();
  const navigate = useNavigate();
  const { waiting } = useOutbox();
  const [step, setStep] = useState<Step>("ready");

  async function leave() {
    if (step === "leaving") return;
    setStep("leaving");
    try {
      await signOut(user.id, () => navigate({ to: "/", ignoreBlocker: true }));
      // The router keeps what came with a page, the person's rows too.
      router.clearCache();
    } catch {
      setStep("failed");
    }
  }

  return (
    <>
      <Button
        variant="outline"
        size="small"
        aria-disabled={step === "leaving"}
        onClick={() => (waiting.length > 0 && step !== "leaving" ? setStep("asking") : leave())}
      >
        {step === "leaving" ? "Signing out…" : "Sign out"}
      </Button>
      {step === "asking" && waiting.length > 0 ? (
        <UnsavedDialog count={waiting.length} onStay={() => setStep("ready")} onLeave={leave} />
      ) : null}
      {/* The alert region is always in the page, so that a screen reader reads out a message that appears there. */}
      <div role="alert" className="fixed inset-x-4 bottom-4 mx-auto max-w-md">
        {step === "failed" ? (
          <Alert>The server could not be reached, so you are still signed in. Try again.</Alert>
        ) : null}
      </div>
    </>
  );
}
