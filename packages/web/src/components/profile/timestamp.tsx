import { momentOf } from "./moment";

/** Shows a moment in the reader's language and time zone. */
export function Timestamp({ value }: { value: Date }) {
  const { text, full, dateTime } = momentOf(value);
  if (!dateTime) return <span suppressHydrationWarning>{text}</span>;
  return (
    // The server knows neither language nor time zone. React may replace what the server rendered without a warning.
    <time dateTime={dateTime} title={full} suppressHydrationWarning>
      {text}
    </time>
  );
}
