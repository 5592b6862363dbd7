import { useNavigate, useRouter } from "@tanstack/react-router";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { collectionsFor, endCollections } from "~/lib/collections";
import { notifyOtherTabs } from "~/lib/session/session-end";
import { forgetUnsaved } from "~/lib/session/unsaved";
import { type AuthFailure, authMessage } from "../auth/auth-message";
import { PasswordField } from "../auth/password-field";
import { Alert } from "../ui/alert";
import { Button } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { deleteAccount } from "./account-client";
import { Section } from "./section";

const noAnswer: AuthFailure = {};

interface DeleteSectionProps {
  userId: string;
  /** Whether the person has a password. Whoever has none must have just signed in. */
  hasPassword: boolean;
}

/** Deletes the account, after a question and with the password. */
export function DeleteSection({ userId, hasPassword }: DeleteSectionProps) {
  const [asking, setAsking] = useState(false);
  const opener = useRef<HTMLButtonElement>(null);

  const returnFocus = useRef(false);

  useEffect(() => {
    // While the dialog is open, nothing behind the dialog takes the focus.
    if (asking || !returnFocus.current) return;
    returnFocus.current = false;
    opener.current?.focus();
  }, [asking]);

  function close() {
    returnFocus.current = true;
    setAsking(false);
  }

  return (
    <Section
      title="Delete account"
      about="Deletes your account with every row that is yours. Nobody can bring them back."
    >
      <Button ref={opener} variant="danger" onClick={() => setAsking(true)}>
        Delete my account
      </Button>
      {asking ? <DeleteDialog userId={userId} hasPassword={hasPassword} onClose={close} /> : null}
    </Section>
  );
}

function DeleteDialog({ userId, hasPassword, onClose }: DeleteSectionProps & { onClose: () => void }) {
  const router = useRouter();
  const navigate = useNavigate();
  const [password, setPassword] = useState("");
  const [problem, setProblem] = useState<string>();
  const [isDeleting, setIsDeleting] = useState(false);

  async function submit(event: FormEvent) {
    event.preventDefault();
    if (isDeleting) return;
    if (hasPassword && password === "") return setProblem("Enter your password.");
    setIsDeleting(true);
    const { error } = await deleteAccount(hasPassword ? password : undefined).catch(() => ({
      error: noAnswer,
    }));
    setIsDeleting(false);
    if (error) return setProblem(authMessage(error).text);
    await leave();
  }

  async function leave() {
    // At once, before the other tabs learn from the server that the session has ended.
    notifyOtherTabs("account-deleted");
    // Nobody is left for whom an edit could be saved.
    forgetUnsaved();
    await collectionsFor(userId).outbox.discard();
    await navigate({ to: "/", ignoreBlocker: true });
    router.clearCache();
    await endCollections();
  }

  return (
    <Dialog title="Delete your account?" onEscape={onClose}>
      <form method="post" noValidate aria-label="Delete account" onSubmit={submit}>
        <p className="mt-3 mb-6 text-muted-foreground">
          Your account and all your rows are deleted at once, on all devices. Download your data before, if
          you want to keep them.
        </p>
        {hasPassword ? (
          <PasswordField
            label="Password"
            autoComplete="current-password"
            value={password}
            error={problem}
            onChange={(event) => setPassword(event.target.value)}
          />
        ) : (
          <div role="alert">{problem === undefined ? null : <Alert>{problem}</Alert>}</div>
        )}
        <div className="mt-6 flex flex-wrap gap-3">
          <Button type="button" variant="outline" onClick={onClose}>
            Keep my account
          </Button>
          <Button type="submit" variant="danger" aria-disabled={isDeleting}>
            {isDeleting ? "Deleting…" : "Delete for ever"}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
