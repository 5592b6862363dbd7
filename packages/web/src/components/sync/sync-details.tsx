import ChevronDown from "lucide-react/icons/chevron-down";
import { useId } from "react";
import type { ShapeReport } from "~/lib/sync/sync-report";
import { StateBadge } from "./state-badge";

/** A button that opens a list of the shapes with states and messages. Escape or a click outside closes the list. */
export function SyncDetails({ shapes }: { shapes: ShapeReport[] }) {
  const id = useId();
  return (
    <>
      <button
        type="button"
        popoverTarget={id}
        className="inline-flex size-8 cursor-pointer items-center justify-center rounded-full text-muted-foreground hover:bg-muted hover:text-foreground"
      >
        <ChevronDown aria-hidden="true" className="size-4" />
        <span className="sr-only">Sync details</span>
      </button>
      <div
        id={id}
        popover="auto"
        role="dialog"
        aria-label="Sync details"
        // A popover lies over the whole page, so these classes place it below the end of the header.
        className="absolute top-14 right-[max(1rem,calc((100%-64rem)/2+1.5rem))] bottom-auto left-auto m-0 w-80 max-w-[calc(100%-2rem)] rounded-xl border bg-card p-4 text-sm text-foreground shadow-lg"
      >
        <ul className="space-y-3">
          {shapes.map(({ name, state, message }) => (
            <li key={name}>
              <div className="flex items-center justify-between gap-3">
                <span className="font-medium wrap-anywhere">{name}</span>
                <StateBadge state={state} />
              </div>
              {message ? <p className="mt-1 text-muted-foreground">{message}</p> : null}
            </li>
          ))}
        </ul>
      </div>
    </>
  );
}
