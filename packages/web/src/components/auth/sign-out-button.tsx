import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { Alert } from "../ui/alert";
import { Button } from "../ui/button";
import { signOut } from "./sign-out";

type Step = "ready" | "leaving" | "failed";

/** Ends the session and opens the landing page. */
export function SignOutButton() {
  const navigate = useNavigate();
  const [step, setStep] = useState<Step>("ready");

  async function leave() {
    if (step === "leaving") return;
    setStep("leaving");
    try {
      await signOut(() => navigate({ to: "/", ignoreBlocker: true }));
    } catch {
      setStep("failed");
    }
  }

  return (
    <>
      <Button variant="outline" size="small" aria-disabled={step === "leaving"} onClick={leave}>
        {step === "leaving" ? "Signing out…" : "Sign out"}
      </Button>
      {/* The alert region is always in the page, so that a screen reader reads out a message that appears there. */}
      <div role="alert" className="fixed inset-x-4 bottom-4 mx-auto max-w-md">
        {step === "failed" ? (
          <Alert>The server could not be reached, so you are still signed in. Try again.</Alert>
        ) : null}
      </div>
    </>
  );
}
