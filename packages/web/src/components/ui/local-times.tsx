import { ScriptOnce } from "@tanstack/react-router";
import { momentFormats } from "./moment";

const id = "local-times";

/**
 * Keeps the browser from painting before `LocalTimes` has been read, so that nobody sees a time change. A browser that does
 * not know this link may show a time in UTC for a moment.
 */
export const paintAfterLocalTimes = { rel: "expect", href: `#${id}`, blocking: "render" } as const;

/**
 * Writes all times of the page that the server sent in the reader's language and time zone. Stands at the end of the page,
 * because the first format costs a browser tens of milliseconds, and the page is read until here meanwhile.
 */
export function LocalTimes() {
  return (
    <>
      <ScriptOnce>{script}</ScriptOnce>
      <span id={id} hidden />
    </>
  );
}

const script =
  `{const o=${JSON.stringify(momentFormats)},f={};for(const t of document.querySelectorAll("time[data-moment]"))` +
  "{const s=t.dataset.style;t.textContent=(f[s]??=new Intl.DateTimeFormat(void 0,o[s])).format(+t.dataset.moment)}}";
