import { durationOf, type Write } from "~/lib/inspector/write";
import { Badge } from "../ui/badge";
import { cn } from "../ui/class-names";
import { duration } from "./figures";
import { Timeline } from "./timeline";

/** How many writes the list shows. */
const most = 12;

interface WritesProps {
  writes: readonly Write[];
  chosen: Write | undefined;
  choose: (id: string) => void;
}

/** Lists the writes, the newest first. The chosen one shows its timeline. */
export function Writes({ writes, chosen, choose }: WritesProps) {
  if (writes.length === 0) {
    return (
      <p className="text-sm text-muted-foreground">
        Edit your profile here, in another tab or in Postgres. Each write appears with its way and its times.
      </p>
    );
  }
  return (
    <ol className="space-y-1">
      {writes.slice(0, most).map((write) => {
        const isChosen = write.id === chosen?.id;
        return (
          <li key={write.id} className={cn("rounded-xl", isChosen ? "bg-muted p-3" : "px-3")}>
            <button
              type="button"
              aria-expanded={isChosen}
              onClick={() => choose(write.id)}
              className="flex min-h-9 w-full cursor-pointer items-center gap-2 text-left text-sm"
            >
              <span className="min-w-0 flex-1 truncate font-medium">{write.what}</span>
              {write.attempts > 1 ? <Badge tone="write">sent {write.attempts} times</Badge> : null}
              <Outcome write={write} />
            </button>
            {isChosen ? <Details write={write} /> : null}
          </li>
        );
      })}
    </ol>
  );
}

function Details({ write }: { write: Write }) {
  return (
    <div className="mt-1">
      <p className="mb-2 text-xs text-muted-foreground">
        {write.own ? "An edit of this tab" : "A change from another tab, another device or the database"}
        {write.txid === undefined ? "" : `, transaction ${write.txid}`}
        {write.refusal === undefined ? "." : `. Refused: ${write.refusal}`}
      </p>
      <Timeline write={write} />
    </div>
  );
}

function Outcome({ write }: { write: Write }) {
  const total = durationOf(write);
  if (write.refusal !== undefined) return <Badge tone="danger">refused</Badge>;
  if (!write.own && total !== undefined) return <Badge tone="read">from elsewhere</Badge>;
  if (total !== undefined) return <Badge tone="read">{duration(total)}</Badge>;
  return <Badge tone="write">{write.station === "outbox" ? "in the outbox" : "on its way"}</Badge>;
}
