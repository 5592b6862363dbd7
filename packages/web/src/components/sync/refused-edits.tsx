import type { RefusedEdit } from "~/lib/sync/outbox/outbox-state";
import { useOutbox } from "~/lib/sync/outbox/use-outbox";
import { Alert } from "../ui/alert";
import { Button } from "../ui/button";

/** Lists the edits that were refused after the person had stopped waiting, with the typed text. */
export function RefusedEdits() {
  const { refused } = useOutbox();
  return (
    // Always in the page, so that screen readers read out what appears inside.
    <div role="alert" className="space-y-3 not-empty:mb-6">
      {refused.map((edit) => (
        <Alert key={edit.id}>
          <div className="flex-1 basis-56 wrap-anywhere">
            <p>A change was not saved. {edit.message}</p>
            <Typed edit={edit} />
          </div>
          <Button size="small" variant="outline" onClick={edit.tryAgain}>
            Try again
          </Button>
          <Button size="small" variant="ghost" onClick={edit.dismiss}>
            Dismiss
          </Button>
        </Alert>
      ))}
    </div>
  );
}

/** The values of an edit, as a person typed them. */
function Typed({ edit }: { edit: RefusedEdit }) {
  const typed = edit.changes.flatMap(({ value }) =>
    Object.entries(value).flatMap(([name, text]) => (typeof text === "string" ? [{ name, text }] : [])),
  );
  return (
    <ul className="mt-1 text-muted-foreground">
      {typed.map(({ name, text }) => (
        <li key={name}>
          {name}: {text}
        </li>
      ))}
    </ul>
  );
}
