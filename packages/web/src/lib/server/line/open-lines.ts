import { endWhenStopping } from "~/lib/server/http/stopping";
import { linesPerUser, linesTogether } from "~/lib/server/limits";
import { Overload } from "~/lib/server/load/overload";

/** A line that has a place among the open lines. */
export interface OpenLine {
  readonly session: { readonly id: string };
  /** The id that the browser has given itself. */
  readonly browser: string;
  /** Called once in each second. */
  tick(): void;
  /** Ends the line, because a newer line of the same browser takes its place. */
  giveWay(): void;
  /** Ends the line, because the process stops. */
  end(): void;
}

/** After how long a browser may try again that found no room, in seconds. Lines end when browsers close. */
const overloadSeconds = 10;

/** The open lines in this process, by user. */
const open = new Map<string, OpenLine[]>();

let count = 0;

/** One timer for all lines: thousands of timers take more memory than this list. */
let ticking: ReturnType<typeof setInterval> | undefined;

endWhenStopping(() => {
  for (const line of allLines()) line.end();
});

/**
 * Gives a new line its place. A line takes the place of an older line of its browser, which the server may hold long
 * after the browser has lost the connection. So a browser counts once, however often it asks.
 *
 * @returns false when {@link linesPerUser} other browsers of the user hold a line
 * @throws Overload when the process holds {@link linesTogether} lines
 */
export function takePlace(line: OpenLine): boolean {
  const { session, browser } = line;
  const lines = open.get(session.id) ?? [];
  const older = lines.find((one) => one.browser === browser);
  if (older) {
    lines[lines.indexOf(older)] = line;
    older.giveWay();
    return true;
  }
  if (lines.length >= linesPerUser) return false;
  if (count >= linesTogether) throw new Overload("lines", "everybody", overloadSeconds);
  count += 1;
  lines.push(line);
  open.set(session.id, lines);
  ticking ??= setInterval(tickAll, 1_000);
  return true;
}

/** Frees the place of a line that ends. Does nothing when the line has no place any more. */
export function leavePlace(line: OpenLine): void {
  const { id } = line.session;
  const lines = open.get(id) ?? [];
  const place = lines.indexOf(line);
  if (place < 0) return;
  lines.splice(place, 1);
  count -= 1;
  if (lines.length === 0) open.delete(id);
  if (count > 0) return;
  clearInterval(ticking);
  ticking = undefined;
}

function tickAll(): void {
  for (const line of allLines()) line.tick();
}

/** A copy, because lines that end leave the list. */
function allLines(): OpenLine[] {
  return [...open.values()].flat();
}
