import { useEffect, useState } from "react";
import { collectionsFor } from "~/lib/collections";
import { SecondStepForm } from "../auth/second-step-form";
import { SignInForm } from "../auth/sign-in-form";
import { Button } from "../ui/button";
import { Dialog } from "../ui/dialog";

interface SignInAgainProps {
  userId: string;
  /** Checks the session, and goes on with the page when a user is signed in. */
  goOn: () => Promise<unknown>;
  /** Gives up the typed text and leaves the page. */
  leave: () => Promise<void>;
}

/** A dialog that announces the end of the session, and in which the person signs in without leaving the page. */
export function SignInAgain({ userId, goOn, leave }: SignInAgainProps) {
  const [email] = useState(() => collectionsFor(userId).users.get(userId)?.email ?? "");

  const [isSecondStep, setIsSecondStep] = useState(false);

  useEffect(() => {
    // The person may have signed in from another tab meanwhile.
    const look = () => void (document.visibilityState === "visible" && goOn());
    document.addEventListener("visibilitychange", look);
    return () => document.removeEventListener("visibilitychange", look);
  }, [goOn]);

  return (
    <Dialog title="Your session has ended">
      <p className="mt-3 mb-6 text-muted-foreground">Sign in again to go on. What you typed is still here.</p>
      {isSecondStep ? (
        <SecondStepForm onDone={async () => void (await goOn())} />
      ) : (
        <SignInForm
          email={email}
          onDone={async (signedIn) => {
            if (signedIn?.twoFactorRedirect) setIsSecondStep(true);
            else await goOn();
          }}
        />
      )}
      {isSecondStep ? (
        <Button variant="ghost" size="small" className="w-full" onClick={() => setIsSecondStep(false)}>
          Start the sign-in again
        </Button>
      ) : null}
      <Button variant="ghost" size="small" className="mt-3 w-full" onClick={leave}>
        Leave without saving
      </Button>
    </Dialog>
  );
}
