import X from "lucide-react/icons/x";
import { type ReactNode, useEffect, useId, useState, useSyncExternalStore } from "react";
import { collectionsFor } from "~/lib/collections";
import { Inspector } from "~/lib/inspector/inspector";
import { emptyView } from "~/lib/inspector/view";
import { durationOf, type Write } from "~/lib/inspector/write";
import { Button } from "../ui/button";
import { Experiments } from "./experiments";
import { duration } from "./figures";
import { LineFacts } from "./line-facts";
import { Picture } from "./picture";
import { Shapes } from "./shapes";
import { usePresent } from "./use-present";
import { Writes } from "./writes";

interface InspectorPanelProps {
  userId: string;
  /** Absent where something else closes the panel. */
  onClose?: (() => void) | undefined;
}

/** The sync of a user in this tab, as a picture, in figures, and with buttons that make the network fail. */
export function InspectorPanel({ userId, onClose }: InspectorPanelProps) {
  const inspector = useInspector(userId);
  return (
    <>
      <header className="sticky top-0 z-10 flex items-center gap-3 border-b bg-background px-4 py-2 sm:px-6">
        <h2 className="flex-1 text-lg">A window onto the sync</h2>
        {onClose ? (
          <Button variant="ghost" size="small" onClick={onClose}>
            <X aria-hidden="true" />
            Close
          </Button>
        ) : null}
      </header>
      {inspector ? <Inspected inspector={inspector} /> : null}
    </>
  );
}

function Inspected({ inspector }: { inspector: Inspector }) {
  const view = useSyncExternalStore(inspector.subscribe, inspector.read, () => emptyView);
  const present = usePresent();
  const [chosenId, choose] = useState<string>();
  const chosen = view.writes.find(({ id }) => id === chosenId) ?? view.writes[0];
  return (
    <div className="space-y-8 px-4 py-5 sm:px-6">
      <Picture view={view} chosen={chosen} />
      <Part title="Try what may go wrong">
        <Experiments faults={view.faults} set={inspector.setFaults} />
      </Part>
      <Part title="Writes">
        <p role="status" className="sr-only">
          {announcement(view.writes[0])}
        </p>
        <Writes writes={view.writes} chosen={chosen} choose={choose} />
      </Part>
      <Part title="Shapes">
        <Shapes shapes={view.shapes} present={present} drop={inspector.dropShape} />
      </Part>
      <Part title="The line">
        <LineFacts line={view.line} tabs={view.tabs} present={present} leadHere={inspector.leadHere} />
      </Part>
      <p className="text-xs text-muted-foreground">
        The dots are slowed down, the figures are not. Figures count since the inspector was opened.
      </p>
    </div>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  const id = useId();
  return (
    <section aria-labelledby={id}>
      <h3 id={id} className="mb-3 text-sm font-semibold">
        {title}
      </h3>
      {children}
    </section>
  );
}

/** Inspects the sync for as long as the component is there. */
function useInspector(userId: string): Inspector | undefined {
  const [inspector, setInspector] = useState<Inspector>();
  useEffect(() => {
    const { monitor, outbox, ...collections } = collectionsFor(userId);
    const opened = new Inspector({ userId, monitor, outbox, collections });
    opened.open();
    setInspector(opened);
    return () => opened.close();
  }, [userId]);
  return inspector;
}

/** The outcome of the newest write, for a screen reader. */
function announcement(write: Write | undefined): string {
  const total = write && durationOf(write);
  if (!write || total === undefined) return "";
  return `${write.what}: ${write.own ? `confirmed after ${duration(total)}` : "a change from elsewhere"}`;
}
