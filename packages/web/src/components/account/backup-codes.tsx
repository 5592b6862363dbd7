import { useEffect, useRef } from "react";
import { Button, buttonLook } from "../ui/button";
import { CopyButton } from "./copy-button";

/** Shows backup codes, which the page cannot show again. Takes the focus, so that a screen reader reads them out. */
export function BackupCodes({ codes, onKept }: { codes: readonly string[]; onKept: () => void }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const text = codes.join("\n");
  return (
    <section>
      <h3 ref={heading} tabIndex={-1} className="font-medium outline-none">
        Keep your backup codes now
      </h3>
      <p className="mt-2 text-sm text-muted-foreground">
        Each code takes the place of the app once, as when you have lost the phone. The codes are shown this
        one time.
      </p>
      <ul
        aria-label="Backup codes"
        className="mt-4 grid grid-cols-1 gap-x-6 gap-y-1 rounded-lg bg-muted p-4 font-mono text-sm min-[22rem]:grid-cols-2"
      >
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <div className="mt-4 flex flex-wrap items-center gap-3">
        <CopyButton text={text} label="Copy the codes" />
        <a
          href={`data:text/plain,${encodeURIComponent(`${text}\n`)}`}
          download="backup-codes.txt"
          className={buttonLook({ variant: "outline", size: "small" })}
        >
          Download the codes
        </a>
      </div>
      <Button className="mt-5" onClick={onKept}>
        I have kept the codes
      </Button>
    </section>
  );
}
