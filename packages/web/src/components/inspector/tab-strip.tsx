import type { Tabs } from "~/lib/inspector/other-tabs";
import type { Write } from "~/lib/inspector/write";
import { cn } from "../ui/class-names";
import { duration } from "./figures";

/** How many other tabs have room. */
const room = 2;

const tabWidth = 92;

interface TabStripProps {
  tabs: Tabs;
  chosen: Write | undefined;
}

/** Draws the browser: this tab in front, the others behind, and when another tab showed the chosen write. */
export function TabStrip({ tabs, chosen }: TabStripProps) {
  const others = Array.from({ length: Math.min(tabs.others, room) }, (_, index) => index);
  const more = tabs.others - others.length;
  return (
    <g className="text-[10.5px]">
      {others.map((index) => (
        <g key={index} transform={`translate(${24 + (index + 1) * (tabWidth + 4)} 6)`}>
          <OtherTab index={index} tabs={tabs} chosen={chosen} />
        </g>
      ))}
      {more > 0 ? (
        <text
          x={40 + (room + 1) * (tabWidth + 4)}
          y="23"
          textAnchor="middle"
          className="fill-muted-foreground"
        >
          +{more}
        </text>
      ) : null}
      <rect x="10" y="30" width="340" height="82" rx="14" className="fill-card stroke-border" />
      <g transform="translate(24 6)">
        <path d={tabShape} className="fill-card stroke-border" />
        {/* Covers the edge between the tab and the page of the tab. */}
        <path d={`M0.5 24.5H${tabWidth - 0.5}`} className="stroke-card" strokeWidth="2" />
        <text x={tabWidth / 2} y="17" textAnchor="middle" className="fill-foreground font-medium">
          {tabs.leader === "this" ? "this tab, leads" : "this tab"}
        </text>
      </g>
    </g>
  );
}

/** One of the other tabs. The first drawn is the first that showed the write: tabs have no names here. */
function OtherTab({ index, tabs, chosen }: TabStripProps & { index: number }) {
  const sighting = chosen?.sightings[index];
  // Which of several other tabs leads, this tab cannot know.
  const leads = tabs.leader === "other" && tabs.others === 1 ? "other tab, leads" : "other tab";
  const label = sighting && chosen ? `tab +${duration(sighting.at - chosen.beganAt)}` : leads;
  return (
    <>
      <path d={tabShape} className={cn("stroke-border", sighting ? "fill-read-soft" : "fill-muted")} />
      <text
        x={tabWidth / 2}
        y="17"
        textAnchor="middle"
        className={sighting ? "fill-read" : "fill-muted-foreground"}
      >
        {label}
      </text>
    </>
  );
}

const tabShape = `M0 24V8A8 8 0 0 1 8 0H${tabWidth - 8}A8 8 0 0 1 ${tabWidth} 8V24`;
