import { linesPerUser, linesTogether } from "~/lib/server/limits";
import { Overload } from "~/lib/server/load/overload";

/** A line's place among the open lines of its user. */
interface Place {
  /** Aborts when the same browser opens a newer line. */
  replaced: AbortSignal;
  /** Frees the place. A second call does nothing. */
  release: () => void;
}

/** After how long a browser may try again that found no room, in seconds. Lines end when browsers close. */
const overloadSeconds = 10;

/** The open lines in this process, by user and browser. The controller of each line ends the line. */
const open = new Map<string, Map<string, AbortController>>();

let count = 0;

/**
 * Gives a new line its place. A line takes the place of an older line of its browser, which the server may hold long
 * after the browser has lost the connection. So a browser counts once, however often it asks.
 *
 * @param browser the id that the browser has given itself
 * @returns undefined when {@link linesPerUser} other browsers of the user hold a line
 * @throws Overload when the process holds {@link linesTogether} lines
 */
export function placeFor(userId: string, browser: string): Place | undefined {
  const lines = open.get(userId) ?? new Map<string, AbortController>();
  const older = lines.get(browser);
  if (!older) {
    if (lines.size >= linesPerUser) return undefined;
    if (count >= linesTogether) throw new Overload("lines", "everybody", overloadSeconds);
    count += 1;
  }
  const line = new AbortController();
  lines.set(browser, line);
  open.set(userId, lines);
  older?.abort();
  const release = () => {
    if (lines.get(browser) !== line) return;
    lines.delete(browser);
    count -= 1;
    if (lines.size === 0) open.delete(userId);
  };
  return { replaced: line.signal, release };
}
