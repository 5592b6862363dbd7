import { useEffect, useId, useRef } from "react";
import { Button } from "../ui/button";

interface UnsavedDialogProps {
  /** How many edits the server has not confirmed. */
  count: number;
  onStay: () => void;
  onLeave: () => void;
}

/** Asks whether to sign out although that deletes what was not saved yet. Escape stays. */
export function UnsavedDialog({ count, onStay, onLeave }: UnsavedDialogProps) {
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  // Opened so, the browser keeps the focus inside, and gives it back to the button when the dialog closes.
  useEffect(() => dialog.current?.showModal(), []);

  return (
    <dialog
      ref={dialog}
      role="alertdialog"
      aria-labelledby={`${id}-title`}
      aria-describedby={`${id}-text`}
      className="m-auto max-w-md rounded-2xl border bg-card p-6 text-foreground backdrop:bg-black/40"
      onClose={onStay}
    >
      <h2 id={`${id}-title`} className="text-xl">
        {count === 1 ? "One change is not saved yet." : `${count} changes are not saved yet.`}
      </h2>
      <p id={`${id}-text`} className="mt-3 text-sm text-muted-foreground">
        Unsaved changes are sent as soon as the server can be reached. If you sign out now, they are deleted.
      </p>
      <div className="mt-6 flex flex-wrap gap-3">
        <Button autoFocus onClick={() => dialog.current?.close()}>
          Stay
        </Button>
        <Button variant="outline" onClick={onLeave}>
          Sign out and delete them
        </Button>
      </div>
    </dialog>
  );
}
