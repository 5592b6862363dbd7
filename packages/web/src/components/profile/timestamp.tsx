const readable = new Intl.DateTimeFormat(undefined, { dateStyle: "long", timeStyle: "medium" });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });

/** Shows a moment in the reader's language and time zone. */
export function Timestamp({ value }: { value: Date }) {
  return (
    // The server knows neither language nor time zone. React may replace what the server rendered without a warning.
    <time dateTime={value.toISOString()} title={full.format(value)} suppressHydrationWarning>
      {readable.format(value)}
    </time>
  );
}
