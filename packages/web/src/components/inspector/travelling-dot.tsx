import { useEffect, useState } from "react";
import { durationOf, type Station, stations, type Write } from "~/lib/inspector/write";
import { cn } from "../ui/class-names";
import { shareOf, way } from "./picture-plan";

/** How long a dot takes for the whole way, in milliseconds. The eye could not follow the real pace. */
const wholeWay = 2_600;

/** The part of the way that the dot is on. */
interface Leg {
  readonly from: Station;
  readonly to: Station;
}

/**
 * A write as a dot on its way. The dot follows the write from station to station, at a pace that the eye can follow, and
 * fades when the collection has the rows. Where the person prefers less motion, the dot does not glide but stands at one
 * station after the other.
 */
export function TravellingDot({ write }: { write: Write }) {
  const start: Station = write.own ? "outbox" : "postgres";
  const [leg, setLeg] = useState<Leg>({ from: start, to: start });
  const travel = travelOf(leg);

  useEffect(() => {
    if (leg.to === write.station) return;
    const goOn = setTimeout(() => setLeg({ from: leg.to, to: nextStop(leg.to, write.station) }), travel + 50);
    return () => clearTimeout(goOn);
  }, [leg, travel, write.station]);

  const isOver = write.refusal !== undefined || (leg.to === "collection" && durationOf(write) !== undefined);
  return (
    <g
      data-station={leg.to}
      style={{
        offsetPath: `path("${way}")`,
        offsetRotate: "0deg",
        offsetDistance: `${shareOf(leg.to) * 100}%`,
        transitionDuration: `${travel}ms, 500ms`,
        transitionDelay: `0ms, ${isOver ? travel + 500 : 0}ms`,
      }}
      className={cn(
        "transition-[offset-distance,opacity] ease-linear motion-reduce:transition-none",
        toneOf(write, leg),
        isOver ? "opacity-0" : "opacity-100",
      )}
    >
      {/* At a station the dot lies behind the station, and this glow shows around the station. */}
      <circle r="19" opacity="0.16" />
      <circle r="5.5" />
    </g>
  );
}

/** A write passes every station on its way there. A write whose request is lost comes back at once. */
function nextStop(here: Station, goal: Station): Station {
  const place = stations.indexOf(here);
  return stations.indexOf(goal) > place ? (stations[place + 1] ?? goal) : goal;
}

/** How long the dot takes for a part of the way, in milliseconds. */
function travelOf({ from, to }: Leg): number {
  return Math.abs(shareOf(to) - shareOf(from)) * wholeWay;
}

function toneOf({ refusal }: Write, { to }: Leg): string {
  if (refusal !== undefined) return "fill-danger";
  return shareOf(to) > 1 / 2 ? "fill-read" : "fill-write";
}
