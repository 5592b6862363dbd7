import type { Faults } from "~/lib/inspector/network";
import { duration } from "./figures";
import { places, size } from "./picture-plan";

/** Where the way leaves the browser. */
const border = 112;

/** Draws the border between the browser and the network, and what the network does wrong there. */
export function NetworkMarks({ faults }: { faults: Faults }) {
  const { offline, silent, delay, losesNext } = faults;
  const late = delay > 0 ? `late by ${duration(delay)}` : undefined;
  const out = offline ? "cut" : losesNext ? "next answer lost" : undefined;
  const back = offline ? "cut" : silent ? "silent" : late;
  return (
    <g>
      <path
        d={`M24 ${border}H${size.width - 24}`}
        strokeDasharray="2 5"
        className={offline || silent ? "stroke-danger" : "stroke-input"}
      />
      <text x="180" y={border + 13} textAnchor="middle" className="fill-muted-foreground text-[10.5px]">
        network
      </text>
      {out === undefined ? null : <Mark x={places.outbox.x} label={out} />}
      {back === undefined ? null : <Mark x={places.collection.x} label={back} />}
    </g>
  );
}

function Mark({ x, label }: { x: number; label: string }) {
  const width = label.length * 6 + 14;
  return (
    <g transform={`translate(${x} ${border})`}>
      <rect
        x={-width / 2}
        y="-9"
        width={width}
        height="18"
        rx="9"
        className="fill-danger-soft stroke-danger"
      />
      <text y="3.5" textAnchor="middle" className="fill-danger text-[10.5px] font-medium">
        {label}
      </text>
    </g>
  );
}
