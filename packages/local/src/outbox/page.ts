import { escaped, linked } from "./html-text.ts";
import type { StoredMail } from "./mail-folder.ts";

/** Writes the page of the outbox: all mails, the newest first. The page updates itself when a mail arrives. */
export function outboxPage(mails: readonly StoredMail[]): string {
  const count = mails.length === 1 ? "1 mail" : `${mails.length} mails`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Outbox</title>
<link rel="stylesheet" href="/outbox.css">
<script type="module" src="/outbox.js"></script>
</head>
<body>
<header>
<h1>Outbox</h1>
<p>The app on this machine sends its mail here. No mail leaves the machine.</p>
</header>
<main>
<p role="status">${mails.length === 0 ? "No mail yet." : count}</p>
${mails.map(article).join("\n")}
</main>
</body>
</html>
`;
}

function article({ id, arrived, from, to, subject, text, html }: StoredMail): string {
  const time = `<time datetime="${arrived}">${arrived.slice(0, 19).replace("T", " ")} UTC</time>`;
  const asHtml = html === undefined ? "" : `<p><a href="/mails/${id}.html">Show as HTML</a></p>`;
  return `<article aria-labelledby="mail-${id}">
<h2 id="mail-${id}">${escaped(subject)}</h2>
<dl>
<div><dt>To</dt><dd>${escaped(to)}</dd></div>
<div><dt>From</dt><dd>${escaped(from)}</dd></div>
<div><dt>Sent</dt><dd>${time}</dd></div>
</dl>
<div class="text">${linked(text)}</div>
${asHtml}
</article>`;
}

/** The look of the page, in the light theme and in the dark one. */
export const outboxStyles = `
:root { color-scheme: light dark; --line: light-dark(#ddd8cc, #333a48); }
body { margin: 0 auto; max-width: 46rem; padding: 2rem 1rem 4rem; font: 16px/1.5 system-ui, sans-serif;
  color: light-dark(#1c2029, #e8eaf0); background: light-dark(#faf8f4, #12151c); }
h1 { margin: 0; font-size: 1.75rem; }
h2 { margin: 0 0 0.75rem; font-size: 1.15rem; }
article { margin-top: 1rem; padding: 1.25rem; border: 1px solid var(--line); border-radius: 1rem;
  background: light-dark(#fff, #191d26); overflow-wrap: anywhere; }
dl { margin: 0 0 1rem; font-size: 0.9rem; }
dl div { display: grid; grid-template-columns: 3.5rem 1fr; }
dt, header p, [role="status"] { color: light-dark(#565c69, #a6adbb); }
dd { margin: 0; }
a { color: light-dark(#0b57a4, #8cc2ff); }
.text { white-space: pre-wrap; }
`;

/** Shows mails that arrive while the page is open. */
export const outboxScript = `
const events = new EventSource("/events");
events.addEventListener("mail", showNew);
// A mail may have come after the page and before the connection.
events.addEventListener("open", showNew);
async function showNew() {
  const page = new DOMParser().parseFromString(await (await fetch("/")).text(), "text/html");
  const shown = new Set([...document.querySelectorAll("h2")].map(({ id }) => id));
  const added = [...page.querySelectorAll("article")].filter((mail) => !shown.has(mail.querySelector("h2").id));
  const status = document.querySelector("[role=status]");
  status.textContent = page.querySelector("[role=status]").textContent;
  status.after(...added);
}
`;
