import { useState } from "react";
import { Button } from "../ui/button";

/** Copies a text, and says so. */
export function CopyButton({ text, label }: { text: string; label: string }) {
  const [outcome, setOutcome] = useState("");

  async function copy() {
    setOutcome("");
    // A browser may forbid a page to copy.
    const copied = await navigator.clipboard.writeText(text).then(
      () => true,
      () => false,
    );
    setOutcome(copied ? "Copied." : "Your browser has not copied. Select the text, and copy it by hand.");
  }

  return (
    <>
      <Button variant="outline" size="small" onClick={copy}>
        {label}
      </Button>
      <span role="status" className="text-sm text-muted-foreground">
        {outcome}
      </span>
    </>
  );
}
