import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { Alert } from "../ui/alert";
import { Button } from "../ui/button";
import { signOut } from "./sign-out";

type Step = "ready" | "leaving" | "failed";

/** Ends the session and leaves for the landing page. */
export function SignOutButton() {
  const navigate = useNavigate();
  const [step, setStep] = useState<Step>("ready");

  async function leave() {
    if (step === "leaving") return;
    setStep("leaving");
    try {
      await signOut(() => navigate({ to: "/" }));
    } catch {
      setStep("failed");
    }
  }

  return (
    <>
      <Button variant="outline" size="small" aria-disabled={step === "leaving"} onClick={leave}>
        {step === "leaving" ? "Signing out…" : "Sign out"}
      </Button>
      {/* Always in the page, so that what appears inside it is read out. */}
      <div role="alert" className="fixed inset-x-4 bottom-4 mx-auto max-w-md">
        {step === "failed" ? (
          <Alert>You are still signed in: the server could not be reached. Try again.</Alert>
        ) : null}
      </div>
    </>
  );
}
