import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import PostalMime from "postal-mime";

/** A mail that was sent. */
export interface StoredMail {
  /** Names the mail's file, and sorts mails by the time of their arrival. */
  readonly id: string;
  /** When the mail arrived, as an ISO 8601 text. */
  readonly arrived: string;
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  /** Undefined for a mail of plain text alone. */
  readonly html: string | undefined;
}

/** How many mails are kept. The oldest mails are deleted. */
const kept = 200;

/** Keeps mails as files, as they came from the wire. */
export interface MailFolder {
  /** Stores a mail in the format of RFC 5322. Returns the mail as a person reads it. */
  add(raw: Buffer): Promise<StoredMail>;
  /** Reads all mails, the newest first. */
  list(): Promise<StoredMail[]>;
  /** Undefined when there is no such mail. */
  read(id: string): Promise<StoredMail | undefined>;
}

/** Opens a folder of mails, and makes the folder when there is none. */
export async function openMailFolder(path: string): Promise<MailFolder> {
  // Mails hold links that are as good as a password.
  await mkdir(path, { recursive: true, mode: 0o700 });
  const ids = async () =>
    (await readdir(path))
      .filter((name) => idPattern.test(name))
      .map((name) => name.slice(0, -ending.length))
      .sort();
  const read = async (id: string) => {
    const raw = await readFile(join(path, id + ending)).catch(() => undefined);
    return raw && parsed(id, raw);
  };
  let last = 0;
  return {
    async add(raw) {
      // Two mails within a millisecond keep their order.
      last = Math.max(Date.now(), last + 1);
      const id = String(last);
      await writeFile(join(path, id + ending), raw, { mode: 0o600 });
      const old = (await ids()).slice(0, -kept);
      await Promise.all(old.map((one) => rm(join(path, one + ending), { force: true })));
      return parsed(id, raw);
    },
    async list() {
      const mails = await Promise.all((await ids()).reverse().map(read));
      return mails.filter((mail) => mail !== undefined);
    },
    read: async (id) => (idPattern.test(id + ending) ? read(id) : undefined),
  };
}

const ending = ".eml";
const idPattern = /^\d+\.eml$/;

async function parsed(id: string, raw: Buffer): Promise<StoredMail> {
  const { from, to = [], subject = "", text = "", html } = await PostalMime.parse(raw);
  return {
    id,
    arrived: new Date(Number(id)).toISOString(),
    from: from?.address ?? "",
    to: to.map(({ address = "" }) => address).join(", "),
    subject,
    text: text.trim(),
    html,
  };
}
