import type { Message } from "~/lib/server/mail/mail";

interface Words {
  subject: string;
  /** Paragraphs in fixed words. No text that somebody has typed belongs in a mail: the reader may not know the writer. */
  before: readonly string[];
  /** The one thing to do. */
  link?: { readonly label: string; readonly url: string };
  after: readonly string[];
}

/** Makes a message from its words: as plain text, and as HTML with the link as a button. */
export function compose({ subject, before, link, after }: Words): Message {
  const textOfLink = link ? [`${link.label}:\n${link.url}`] : [];
  const htmlOfLink = link
    ? [`<p><a href="${escaped(link.url)}" style="${button}">${escaped(link.label)}</a></p>`]
    : [];
  const paragraphs = (words: readonly string[]) => words.map((word) => `<p>${escaped(word)}</p>`);
  const html = [...paragraphs(before), ...htmlOfLink, ...paragraphs(after)].join("\n");
  return {
    subject,
    text: `${[...before, ...textOfLink, ...after].join("\n\n")}\n`,
    html: `<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>${escaped(subject)}</title></head>\n<body style="${body}">\n${html}\n</body></html>\n`,
  };
}

const body =
  "margin:0 auto;max-width:34rem;padding:1.5rem;font:16px/1.5 system-ui,sans-serif;color:#1c2029;background:#fff";
const button =
  "display:inline-block;padding:0.7rem 1.25rem;border-radius:1.5rem;background:#1c2029;color:#fff;text-decoration:none";

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
