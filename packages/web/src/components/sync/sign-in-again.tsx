import { useEffect, useState } from "react";
import { collectionsFor } from "~/lib/collections";
import { onSessionBegin } from "~/lib/session/session-begin";
import { PasskeyButton } from "../auth/passkey-button";
import { SecondStepForm } from "../auth/second-step-form";
import { SignInForm } from "../auth/sign-in-form";
import { Button, buttonLook } from "../ui/button";
import { cn } from "../ui/class-names";
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

  useEffect(() => onSessionBegin(() => void goOn()), [goOn]);

  return (
    <Dialog title="Your session has ended">
      <p className="mt-3 mb-6 text-muted-foreground">Sign in again to go on. What you typed is still here.</p>
      {isSecondStep ? (
        <SecondStepForm onDone={async () => void (await goOn())} />
      ) : (
        <>
          <SignInForm
            email={email}
            onDone={async (signedIn) => {
              if (signedIn?.twoFactorRedirect) setIsSecondStep(true);
              else await goOn();
            }}
          />
          <PasskeyButton onDone={async () => void (await goOn())} />
          {/* A provider's page, or the way to a new password, would take the place of what the person typed. */}
          <a
            href="/sign-in"
            target="_blank"
            className={cn(buttonLook({ variant: "ghost", size: "small" }), "mt-3 w-full")}
            rel="noopener"
          >
            Sign in another way, in a new tab
          </a>
        </>
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
