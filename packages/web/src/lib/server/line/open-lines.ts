import { linesPerUser } from "~/lib/server/limits";

/** A line's place among the open lines of its user. */
interface Place {
  /** Aborts when the same browser opens a newer line. */
  replaced: AbortSignal;
  /** Frees the place. A second call does nothing. */
  release: () => void;
}

/** The open lines in this process, by user and browser. The controller of each line ends the line. */
const open = new Map<string, Map<string, AbortController>>();

/**
 * Gives a new line its place. A line takes the place of an older line of its browser, which the server may hold long
 * after the browser has lost the connection. So a browser counts once, however often it asks.
 *
 * @param browser the id that the browser has given itself
 * @returns undefined when {@link linesPerUser} other browsers of the user hold a line
 */
export function placeFor(userId: string, browser: string): Place | undefined {
  const lines = open.get(userId) ?? new Map<string, AbortController>();
  const older = lines.get(browser);
  if (!older && lines.size >= linesPerUser) return undefined;
  const line = new AbortController();
  lines.set(browser, line);
  open.set(userId, lines);
  older?.abort();
  const release = () => {
    if (lines.get(browser) !== line) return;
    lines.delete(browser);
    if (lines.size === 0) open.delete(userId);
  };
  return { replaced: line.signal, release };
}
