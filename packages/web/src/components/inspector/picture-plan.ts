import type { Station } from "~/lib/inspector/write";

/**
 * The plan of the picture, in units of a drawing that is 360 wide and 372 high. One path leads from the outbox down to
 * Postgres, and up again to the collection. The names of the segments are the directions on paper.
 */
export const size = { width: 360, height: 372 } as const;

const left = 70;
const right = 290;
const top = 80;
const bottom = 318;
const radius = 50;

/** The way of a write, and then the way of the change. */
export const lanes = {
  write: `M${left} ${top}V${bottom - radius}A${radius} ${radius} 0 0 0 ${left + radius} ${bottom}H180`,
  read: `M180 ${bottom}H${right - radius}A${radius} ${radius} 0 0 0 ${right} ${bottom - radius}V${top}`,
} as const;

/** The whole way. */
export const way = `${lanes.write}${lanes.read.replace(/^M180 \d+/, "")}`;

interface Place {
  readonly x: number;
  readonly y: number;
}

export const places: Readonly<Record<Station, Place>> = {
  outbox: { x: left, y: top },
  trpc: { x: left, y: 176 },
  postgres: { x: 180, y: bottom },
  stream: { x: right, y: 258 },
  electric: { x: right, y: 202 },
  line: { x: right, y: 146 },
  collection: { x: right, y: top },
};

const quarter = (Math.PI / 2) * radius;
const descent = bottom - radius - top;
const across = 180 - left - radius;
const whole = 2 * (descent + quarter + across);

/** How far along the way a station lies, from 0 to 1. */
export function shareOf(station: Station): number {
  const { x, y } = places[station];
  if (x === left) return (y - top) / whole;
  if (x === right) return 1 - (y - top) / whole;
  return 1 / 2;
}
