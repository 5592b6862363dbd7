import type { InspectorView } from "~/lib/inspector/view";
import { Button } from "../ui/button";
import { Fact, Facts } from "./facts";
import { ago, amount, counted } from "./figures";

interface LineFactsProps extends Pick<InspectorView, "line" | "tabs"> {
  /** The present moment, in milliseconds since 1970. */
  present: number;
  leadHere: () => void;
}

/** The line: which tab leads, and what the line carries. */
export function LineFacts({ line, tabs, present, leadHere }: LineFactsProps) {
  const isHere = tabs.leader === "this";
  return (
    <>
      <Facts>
        <Fact name="Led by">{isHere ? "this tab" : tabs.leader === "other" ? "another tab" : "no tab"}</Fact>
        <Fact name="Tabs">{counted(tabs.others, "other tab")}</Fact>
        {isHere ? (
          <>
            <Fact name="Carries">{line.shapes.join(", ") || "–"}</Fact>
            <Fact name="State">{line.isOpen ? "open" : "closed"}</Fact>
            <Fact name="Opened">{counted(line.opened, "time")}</Fact>
            <Fact name="Answers">{line.answers}</Fact>
            <Fact name="Bytes">{amount(line.bytes)}</Fact>
            <Fact name="Last heard">{line.heardAt === undefined ? "–" : ago(line.heardAt, present)}</Fact>
          </>
        ) : null}
      </Facts>
      {tabs.leader === "other" ? (
        <div className="mt-3 flex flex-wrap items-center gap-3">
          <p className="flex-1 basis-56 text-xs text-muted-foreground">
            The changes come through another tab. Faults of the network reach them when this tab leads.
          </p>
          <Button size="small" variant="outline" onClick={leadHere}>
            Lead from this tab
          </Button>
        </div>
      ) : null}
    </>
  );
}
