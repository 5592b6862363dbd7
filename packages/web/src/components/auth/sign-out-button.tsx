import { useNavigate, useRouteContext } from "@tanstack/react-router";
import { useState } from "react";
import { signOut } from "~/lib/session/sign-out";
import { useOutbox } from "~/lib/sync/outbox/use-outbox";
import { Alert } from "../ui/alert";
import { Button } from "../ui/button";
import { UnsavedDialog } from "./unsaved-dialog";

type Step = "ready" | "asking" | "leaving" | "failed";

/** Ends the session and leaves for the landing page. Asks first when that loses what was not saved yet. */
export function SignOutButton() {
  const { user } = useRouteContext({ from: "/_authed" });
  const navigate = useNavigate();
  const { waiting } = useOutbox();
  const [step, setStep] = useState<Step>("ready");

  async function leave() {
    if (step === "leaving") return;
    setStep("leaving");
    try {
      await signOut(user.id, () => navigate({ to: "/" }));
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
      {/* Always in the page, so that what appears inside it is read out. */}
      <div role="alert" className="fixed inset-x-4 bottom-4 mx-auto max-w-md">
        {step === "failed" ? (
          <Alert>You are still signed in: the server could not be reached. Try again.</Alert>
        ) : null}
      </div>
    </>
  );
}
