import { Button } from "../ui/button";
import { Dialog } from "../ui/dialog";

interface UnsavedDialogProps {
  /** How many edits the server has not confirmed. */
  count: number;
  onStay: () => void;
  onLeave: () => void;
}

/** Asks whether to sign out although unsaved edits would be lost. Escape stays on the page. */
export function UnsavedDialog({ count, onStay, onLeave }: UnsavedDialogProps) {
  const title = count === 1 ? "One change is not saved yet." : `${count} changes are not saved yet.`;
  return (
    <Dialog title={title} onEscape={onStay}>
      <p className="mt-3 text-sm text-muted-foreground">
        Unsaved changes are sent as soon as the server can be reached. If you sign out now, they are deleted.
      </p>
      <div className="mt-6 flex flex-wrap gap-3">
        <Button onClick={onStay}>Stay</Button>
        <Button variant="outline" onClick={onLeave}>
          Sign out and delete them
        </Button>
      </div>
    </Dialog>
  );
}
