/** Where the id is kept, for all tabs and for the next visit. */
const storageKey = "tracer-browser";

/** The id of a browser that refuses storage. The id then lasts as long as the page. */
let ofThisPage: string | undefined;

/**
 * Gives the UUID of this browser, by which the server tells a browser that opens its line again from another browser.
 * The id says nothing about the person.
 */
export function browserId(): string {
  return stored() ?? ofThisPage ?? renewBrowserId();
}

/**
 * Takes a new id. When a line has given way to a line that this browser has not opened, another browser uses the same
 * id, for example a copy of this browser's profile. With one id, each of the two would end the line of the other.
 */
export function renewBrowserId(): string {
  ofThisPage = crypto.randomUUID();
  try {
    localStorage.setItem(storageKey, ofThisPage);
  } catch {
    // The browser refuses storage.
  }
  return ofThisPage;
}

function stored(): string | undefined {
  try {
    return localStorage.getItem(storageKey) ?? undefined;
  } catch {
    return undefined;
  }
}
