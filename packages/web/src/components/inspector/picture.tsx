import Cable from "lucide-react/icons/cable";
import Database from "lucide-react/icons/database";
import Layers from "lucide-react/icons/layers";
import Send from "lucide-react/icons/send";
import Server from "lucide-react/icons/server";
import Waves from "lucide-react/icons/waves";
import Zap from "lucide-react/icons/zap";
import type { InspectorView } from "~/lib/inspector/view";
import { durationOf, type MomentName, type Station, stations, type Write } from "~/lib/inspector/write";
import { cn } from "../ui/class-names";
import { duration, lsnText } from "./figures";
import { NetworkMarks } from "./network-marks";
import { lanes, places, size } from "./picture-plan";
import { TabStrip } from "./tab-strip";
import { TravellingDot } from "./travelling-dot";

/** How many writes have a dot. Those that are done have faded. */
const dots = 8;

interface Look {
  readonly name: string;
  readonly icon: typeof Database;
  /** The moment at which a write has come to the station. */
  readonly moment: MomentName;
  readonly tone: string;
  /** On which side of the station its name stands. */
  readonly side: "left" | "right" | "below";
}

const looks: Record<Station, Look> = {
  outbox: { name: "Outbox", icon: Send, moment: "queued", tone: "stroke-write text-write", side: "right" },
  trpc: { name: "tRPC", icon: Server, moment: "sent", tone: "stroke-write text-write", side: "right" },
  postgres: {
    name: "Postgres",
    icon: Database,
    moment: "committed",
    tone: "stroke-foreground text-foreground",
    side: "below",
  },
  stream: {
    name: "Replication stream",
    icon: Waves,
    moment: "streamed",
    tone: "stroke-read text-read",
    side: "left",
  },
  electric: {
    name: "Shape server",
    icon: Zap,
    moment: "served",
    tone: "stroke-read text-read",
    side: "left",
  },
  line: { name: "Line", icon: Cable, moment: "arrived", tone: "stroke-read text-read", side: "left" },
  collection: {
    name: "Collection",
    icon: Layers,
    moment: "confirmed",
    tone: "stroke-read text-read",
    side: "left",
  },
};

/** Draws the way of a write through the app, with a dot for each write and the times of the chosen one. */
export function Picture({ view, chosen }: { view: InspectorView; chosen: Write | undefined }) {
  return (
    <svg
      viewBox={`0 0 ${size.width} ${size.height}`}
      role="img"
      aria-label={inWords(chosen)}
      className="mx-auto block w-full max-w-md"
    >
      <TabStrip tabs={view.tabs} chosen={chosen} />
      <path d={lanes.write} className="fill-none stroke-write" strokeWidth="2" />
      <path d={lanes.read} className="fill-none stroke-read" strokeWidth="2" />
      <NetworkMarks faults={view.faults} />
      <Total write={chosen} />
      {view.writes
        .slice(0, dots)
        .toReversed()
        .map((write) => (
          <TravellingDot key={write.id} write={write} />
        ))}
      {stations.map((station) => (
        <StationMark key={station} station={station} detail={detailAt(station, chosen)} />
      ))}
    </svg>
  );
}

const anchors = {
  left: { dx: -24, name: -3, detail: 11, anchor: "end" },
  right: { dx: 24, name: -3, detail: 11, anchor: "start" },
  below: { dx: 0, name: 32, detail: -26, anchor: "middle" },
} as const;

function StationMark({ station, detail }: { station: Station; detail: string }) {
  const { name, icon: Icon, tone, side } = looks[station];
  const { x, y } = places[station];
  const { dx, name: nameY, detail: detailY, anchor } = anchors[side];
  return (
    <g transform={`translate(${x} ${y})`} data-moment={station}>
      <circle r="15" strokeWidth="2" className={cn("fill-card", tone)} />
      <Icon x="-8" y="-8" width="16" height="16" className={tone} aria-hidden="true" />
      <text x={dx} y={nameY} textAnchor={anchor} className="fill-foreground text-[11.5px] font-medium">
        {name}
      </text>
      <text x={dx} y={detailY} textAnchor={anchor} className="fill-muted-foreground font-mono text-[10.5px]">
        {detail}
      </text>
    </g>
  );
}

/** How long the chosen write took, as large as what matters most. */
function Total({ write }: { write: Write | undefined }) {
  const total = write && durationOf(write);
  return (
    <g>
      <text x="94" y="219" className="fill-foreground font-display text-[26px]">
        {total === undefined ? "" : duration(total)}
      </text>
      <text x="94" y="234" className="fill-muted-foreground text-[10.5px]">
        {total === undefined ? "" : write?.own ? "edit to confirmed" : "heard to shown"}
      </text>
    </g>
  );
}

function detailAt(station: Station, write: Write | undefined): string {
  if (!write) return "";
  if (station === "stream") return write.lsn === undefined ? "" : lsnText(write.lsn);
  const at = write.moments.find(({ name }) => name === looks[station].moment)?.at;
  const time = at === undefined ? "" : `+${duration(at - write.beganAt)}`;
  if (station !== "postgres" || write.txid === undefined) return time;
  return time === "" ? `txid ${write.txid}` : `txid ${write.txid} · ${time}`;
}

/** What the picture shows, for people who do not see it. */
function inWords(write: Write | undefined): string {
  const way =
    "The way of a write: outbox, tRPC, Postgres, replication stream, shape server, line, collection.";
  if (!write) return `${way} No write yet.`;
  const total = durationOf(write);
  if (write.refusal !== undefined) return `${way} The chosen write was refused.`;
  return total === undefined
    ? `${way} The chosen write is at: ${looks[write.station].name}.`
    : `${way} The chosen write took ${duration(total)}.`;
}
