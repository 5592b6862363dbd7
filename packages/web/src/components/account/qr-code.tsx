import { useEffect, useState } from "react";
import { loadLater } from "~/lib/load-later";
import { Skeleton } from "../ui/skeleton";

const loadOutline = loadLater(() => import("./qr-outline"));

/** The empty margin that a camera needs around a QR code, in modules. */
const margin = 4;

/** Draws a text as a QR code, in the browser: no other server learns of the text. */
export function QrCode({ text }: { text: string }) {
  const [outline, setOutline] = useState<{ path: string; size: number }>();

  useEffect(() => {
    // Without the picture, the secret can still be copied.
    loadOutline().then(
      ({ qrOutline }) => setOutline(qrOutline(text)),
      () => {},
    );
  }, [text]);

  const side = "my-4 size-52 rounded-lg";
  if (!outline) return <Skeleton className={side} />;
  const whole = outline.size + 2 * margin;
  return (
    // A camera reads dark on light, also in the dark theme.
    <svg
      role="img"
      aria-label="QR code for the authenticator app"
      viewBox={`${-margin} ${-margin} ${whole} ${whole}`}
      className={`${side} bg-white`}
    >
      <path d={outline.path} fill="#000" />
    </svg>
  );
}
