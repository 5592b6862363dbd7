import type { PointerEvent } from "react";
import { type MomentStyle, momentOf } from "./moment";

interface TimestampProps {
  value: Date;
  /** The day and the time, or one of the two alone. Default: both. */
  style?: MomentStyle;
}

/**
 * Shows a moment in the reader's language and time zone. Without JavaScript the moment stays in English and UTC. What the
 * server wrote is written anew by `LocalTimes` before the first paint, so a page with times ends with `LocalTimes`.
 */
export function Timestamp({ value, style = "moment" }: TimestampProps) {
  const { text, dateTime } = momentOf(value, style);
  if (!dateTime) return <span suppressHydrationWarning>{text}</span>;
  return (
    <time
      dateTime={dateTime}
      data-moment={value.getTime()}
      data-style={style}
      // The tooltip costs the browser another format, so the tooltip waits for the pointer.
      onPointerEnter={(event: PointerEvent<HTMLElement>) => {
        event.currentTarget.title = momentOf(value, "full").text;
      }}
      suppressHydrationWarning
    >
      {text}
    </time>
  );
}
