import { ScriptOnce } from "@tanstack/react-router";
import { type MomentStyle, momentFormats, momentOf } from "./moment";

interface TimestampProps {
  value: Date;
  /** The day and the time, or one of the two alone. Default: both. */
  style?: MomentStyle;
}

/** Shows a moment in the reader's language and time zone. Without JavaScript the moment stays in English and UTC. */
export function Timestamp({ value, style = "moment" }: TimestampProps) {
  const { text, full, dateTime } = momentOf(value, style);
  if (!dateTime) return <span suppressHydrationWarning>{text}</span>;
  return (
    <>
      {/* The script below has changed what the server wrote before React sees the element. */}
      <time dateTime={dateTime} title={full} data-moment={value.getTime()} suppressHydrationWarning>
        {text}
      </time>
      <ScriptOnce>{localScripts[style]}</ScriptOnce>
    </>
  );
}

/** Writes the `time` element before the script anew, before the first paint, so that nobody sees the text change. */
const localScript = (style: MomentStyle) =>
  "{const t=document.currentScript.previousElementSibling,w=o=>new Intl.DateTimeFormat(void 0,o).format(+t.dataset.moment);" +
  `t.textContent=w(${JSON.stringify(momentFormats[style])});t.title=w(${JSON.stringify(momentFormats.full)})}`;

const localScripts = { moment: localScript("moment"), time: localScript("time"), day: localScript("day") };
