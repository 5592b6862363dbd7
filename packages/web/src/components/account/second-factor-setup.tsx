import { standardSchemaResolver } from "@hookform/resolvers/standard-schema";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { AuthForm, useAuthRequest } from "../auth/auth-form";
import { CodeField, shownCode } from "../auth/code-field";
import { Button } from "../ui/button";
import { CopyButton } from "./copy-button";
import { PasswordQuestion } from "./password-question";
import { QrCode } from "./qr-code";
import { beginSetup, confirmApp } from "./second-factor-client";

interface SetupProps {
  /** Called with the backup codes when the second factor is on. */
  onDone: (backupCodes: readonly string[]) => Promise<void>;
  onCancel: () => void;
}

/** Sets an authenticator app up: the password, the secret for the app, and a code that shows that the app has it. */
export function SecondFactorSetup({ onDone, onCancel }: SetupProps) {
  const [begun, setBegun] = useState<{ totpURI: string; backupCodes: string[] }>();
  if (!begun) {
    return (
      <PasswordQuestion
        name="Go on"
        busy="One moment…"
        about="You need an authenticator app, such as the one in your password manager."
        send={beginSetup}
        onDone={setBegun}
        onCancel={onCancel}
      />
    );
  }
  return (
    <>
      <AppSecret address={begun.totpURI} />
      <ConfirmApp onDone={() => onDone(begun.backupCodes)} />
      <Button variant="ghost" size="small" className="mt-3 w-full" onClick={onCancel}>
        Cancel
      </Button>
    </>
  );
}

/** The secret, as a picture for the camera of a phone and as text. */
function AppSecret({ address }: { address: string }) {
  const secret = new URL(address).searchParams.get("secret") ?? "";
  return (
    <div className="mb-6">
      <p>
        Scan this picture with the app, or enter the secret into the app. Then enter the code that the app
        shows.
      </p>
      <QrCode text={address} />
      <p className="text-sm text-muted-foreground">The secret</p>
      <div className="mt-1 flex flex-wrap items-center gap-3">
        <code className="min-w-0 text-sm wrap-anywhere">{secret.match(/.{1,4}/g)?.join(" ")}</code>
        <CopyButton text={secret} label="Copy the secret" />
      </div>
    </div>
  );
}

function ConfirmApp({ onDone }: { onDone: () => Promise<void> }) {
  const { register, handleSubmit, formState } = useForm({
    resolver: standardSchemaResolver(shownCode),
    defaultValues: { code: "" },
  });
  const { problem, run } = useAuthRequest(({ code }: { code: string }) => confirmApp(code), onDone);
  const { errors, isSubmitting } = formState;
  return (
    <AuthForm
      name="Turn on the second factor"
      busy="Turning on…"
      {...{ isSubmitting, problem }}
      onSubmit={handleSubmit(run)}
    >
      <CodeField autoFocus error={errors.code?.message} {...register("code")} />
    </AuthForm>
  );
}
