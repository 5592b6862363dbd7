import type { Moment, MomentName, Write } from "~/lib/inspector/write";
import { cn } from "../ui/class-names";
import { duration, lsnText } from "./figures";

/** What each moment is, and where it was measured. */
const names: Record<MomentName, { name: string; where: string; isRead: boolean }> = {
  queued: { name: "Queued", where: "this tab: the outbox has the edit", isRead: false },
  shown: { name: "Shown", where: "this tab: the next frame is painted", isRead: false },
  sent: { name: "Sent", where: "this tab: the request leaves", isRead: false },
  committed: { name: "Committed", where: "the server’s clock", isRead: false },
  answered: { name: "Answered", where: "this tab: the txid has come", isRead: false },
  streamed: {
    name: "In the replication stream",
    where: "a place, since nobody tells the time",
    isRead: true,
  },
  served: { name: "At the server", where: "the server’s clock: Electric has answered", isRead: true },
  arrived: { name: "On the line", where: "this tab: the change has come", isRead: true },
  confirmed: { name: "Confirmed", where: "this tab: the collection has the row", isRead: true },
};

interface Row {
  readonly key: string;
  readonly name: string;
  readonly where: string;
  readonly isRead: boolean;
  /** When, in milliseconds since 1970. Undefined when nobody tells. */
  readonly at: number | undefined;
  readonly text: string;
}

/** The moments of a write on a scale of time, and where each was measured. */
export function Timeline({ write }: { write: Write }) {
  const rows = rowsOf(write);
  const last = Math.max(...rows.map(({ at }) => at ?? write.beganAt));
  const total = last - write.beganAt || 1;
  return (
    <table className="w-full text-left text-xs">
      <caption className="sr-only">The moments of the write, and where each was measured</caption>
      <thead className="sr-only">
        <tr>
          <th scope="col">Moment</th>
          <th scope="col">On a scale of time</th>
          <th scope="col">After the edit</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ key, name, where, isRead, at, text }, index) => (
          <tr key={key} data-moment={key}>
            <th scope="row" className="py-1 align-top font-medium">
              {name}
              <span className="block font-normal text-muted-foreground">{where}</span>
            </th>
            <td className="w-1/4 px-2 py-1 align-top sm:w-2/5">
              {at === undefined ? null : (
                <Span
                  from={(timeBefore(rows, index, write.beganAt) - write.beganAt) / total}
                  to={(at - write.beganAt) / total}
                  isRead={isRead}
                />
              )}
            </td>
            <td className="py-1 text-right align-top font-mono whitespace-nowrap">{text}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** The time from the moment before to this moment, on a scale from 0 to 1. */
function Span({ from, to, isRead }: { from: number; to: number; isRead: boolean }) {
  const tone = isRead ? "bg-read" : "bg-write";
  return (
    <div aria-hidden="true" className="relative mt-1 h-2">
      <span
        style={{ left: `${from * 100}%`, width: `${(to - from) * 100}%` }}
        className={cn("absolute top-[3px] h-0.5 opacity-50", tone)}
      />
      <span
        style={{ left: `${to * 100}%` }}
        className={cn("absolute size-2 -translate-x-1/2 rounded-full", tone)}
      />
    </div>
  );
}

/** The moments of this tab, and what other tabs saw, in the order of time. */
function rowsOf(write: Write): Row[] {
  const rows = write.moments.map((moment) => rowOf(moment, write));
  for (const sighting of sightingsOf(write)) {
    const place = rows.findIndex(({ at }) => at !== undefined && at > (sighting.at ?? 0));
    rows.splice(place === -1 ? rows.length : place, 0, sighting);
  }
  return rows;
}

function rowOf(moment: Moment, write: Write): Row {
  const { name, at, error } = moment;
  const { where, ...rest } = names[name];
  const exactness = error === undefined ? "" : `, ± ${duration(error)}`;
  return { ...rest, key: name, where: where + exactness, at, text: when(moment, write) };
}

function sightingsOf({ sightings, beganAt }: Write): Row[] {
  return sightings.map(({ tab, at }) => ({
    key: `seen ${tab}`,
    name: "Seen in another tab",
    where: "that tab: its collection has the row",
    isRead: true,
    at,
    text: `+${duration(at - beganAt)}`,
  }));
}

/** When the last moment before a row was. */
function timeBefore(rows: readonly Row[], index: number, begin: number): number {
  return Math.max(begin, ...rows.slice(0, index).flatMap(({ at }) => at ?? []));
}

function when({ name, at }: Moment, { beganAt, lsn }: Write): string {
  if (at !== undefined) return `+${duration(at - beganAt)}`;
  return name === "streamed" && lsn !== undefined ? lsnText(lsn) : "";
}
