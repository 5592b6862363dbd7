import { useEffect, useRef, useState } from "react";
import { unreachable } from "../auth/auth-message";
import { Alert } from "../ui/alert";
import { Badge } from "../ui/badge";
import { Button } from "../ui/button";
import { Skeleton } from "../ui/skeleton";
import { BackupCodes } from "./backup-codes";
import { PasswordQuestion } from "./password-question";
import { renewBackupCodes, turnFactorOff } from "./second-factor-client";
import { SecondFactorSetup } from "./second-factor-setup";
import { Section } from "./section";
import type { useMethods } from "./use-methods";

/** What the section is doing beside showing the state. */
type Doing = "turning-on" | "turning-off" | "renewing" | { backupCodes: readonly string[] };

/** Turns the second factor on and off, and makes new backup codes. */
export function SecondFactorSection({ methods, isStale, refresh }: ReturnType<typeof useMethods>) {
  const [doing, setDoing] = useState<Doing>();
  const begin = useRef<HTMLDivElement>(null);
  const hasBegun = useRef(false);

  useEffect(() => {
    // The form that held the focus has gone.
    if (doing === undefined && hasBegun.current) begin.current?.querySelector("button")?.focus();
    hasBegun.current = doing !== undefined;
  }, [doing]);

  async function end(next?: Doing) {
    await refresh();
    setDoing(next);
  }

  return (
    <Section
      title="Second factor"
      about="With a second factor, a sign-in needs a code of an app on your phone beside the password."
    >
      <div role="alert" className="not-empty:mb-4">
        {isStale ? <Alert tone="write">{unreachable.text}</Alert> : null}
      </div>
      {methods?.password === false ? <p>Set a password first.</p> : null}
      {doing === undefined && methods?.password ? (
        <div ref={begin}>
          <FactorState isOn={methods.secondFactor} backupCodes={methods.backupCodes} onDo={setDoing} />
        </div>
      ) : null}
      {methods ? null : <Skeleton className="h-11 rounded-lg" />}
      {doing === "turning-on" ? (
        <SecondFactorSetup onCancel={() => end()} onDone={(backupCodes) => end({ backupCodes })} />
      ) : null}
      {doing === "renewing" ? (
        <PasswordQuestion
          name="Make new backup codes"
          busy="Making…"
          about="The old backup codes stop working."
          send={renewBackupCodes}
          onCancel={() => end()}
          onDone={async ({ backupCodes }) => end({ backupCodes })}
        />
      ) : null}
      {doing === "turning-off" ? (
        <PasswordQuestion
          name="Turn off the second factor"
          busy="Turning off…"
          about="The password alone opens your account then. The backup codes stop working."
          send={turnFactorOff}
          onCancel={() => end()}
          onDone={() => end()}
        />
      ) : null}
      {typeof doing === "object" ? <BackupCodes codes={doing.backupCodes} onKept={() => end()} /> : null}
    </Section>
  );
}

interface FactorStateProps {
  isOn: boolean;
  backupCodes: number;
  onDo: (doing: Doing) => void;
}

function FactorState({ isOn, backupCodes, onDo }: FactorStateProps) {
  if (!isOn) {
    return (
      <Button variant="outline" onClick={() => onDo("turning-on")}>
        Turn on
      </Button>
    );
  }
  const left = backupCodes === 1 ? "1 backup code is left." : `${backupCodes} backup codes are left.`;
  return (
    <>
      <p className="flex flex-wrap items-center gap-2">
        <Badge tone="read">On</Badge> {left}
      </p>
      <div className="mt-4 flex flex-wrap gap-3">
        <Button variant="outline" onClick={() => onDo("renewing")}>
          New backup codes
        </Button>
        <Button variant="danger" onClick={() => onDo("turning-off")}>
          Turn off
        </Button>
      </div>
    </>
  );
}
