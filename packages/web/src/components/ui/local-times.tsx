import { ScriptOnce } from "@tanstack/react-router";
import { momentFormats } from "./moment";
import { behindTimes } from "./paint-after-times";

/**
 * Writes all times of the page that the server sent in the reader's language and time zone. Stands at the end of the page,
 * because the first format costs a browser tens of milliseconds, and the page is read until here meanwhile.
 */
export function LocalTimes() {
  return (
    <>
      <ScriptOnce>{script}</ScriptOnce>
      <span id={behindTimes} hidden />
    </>
  );
}

const script =
  `{const o=${JSON.stringify(momentFormats)},f={};for(const t of document.querySelectorAll("time[data-moment]"))` +
  "{const s=t.dataset.style;t.textContent=(f[s]??=new Intl.DateTimeFormat(void 0,o[s])).format(+t.dataset.moment)}}";
