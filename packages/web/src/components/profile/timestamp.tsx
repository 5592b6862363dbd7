const readable = new Intl.DateTimeFormat(undefined, { dateStyle: "long", timeStyle: "medium" });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });

/** A moment in the reader's own language and time zone. */
export function Timestamp({ value }: { value: Date }) {
  return (
    // The server knows neither; what it may have rendered gives way without a word.
    <time dateTime={value.toISOString()} title={full.format(value)} suppressHydrationWarning>
      {readable.format(value)}
    </time>
  );
}
