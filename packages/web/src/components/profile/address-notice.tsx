import { useRouteContext } from "@tanstack/react-router";
import { useState } from "react";
import { askAuth } from "../auth/ask-auth";
import { Button } from "../ui/button";

/** Says that the address is not confirmed, and sends the mail again. Shows nothing in a deployment without mail. */
export function AddressNotice({ email }: { email: string }) {
  const { sendsMail } = useRouteContext({ from: "/_authed" });
  const [state, setState] = useState<"ready" | "busy" | "sent" | "failed">("ready");

  async function send() {
    if (state === "busy") return;
    setState("busy");
    try {
      const { error } = await askAuth("POST", "/send-verification-email", { email });
      setState(error ? "failed" : "sent");
    } catch {
      setState("failed");
    }
  }

  if (!sendsMail) return null;
  return (
    <div className="mt-1 flex flex-wrap items-center gap-x-3 text-sm">
      <p className="text-write">Address not confirmed</p>
      <p role="status" className="text-muted-foreground empty:hidden">
        {state === "sent" ? "Look into your mail." : ""}
        {state === "failed" ? "The mail could not be sent. Try again in a moment." : ""}
      </p>
      {state === "sent" ? null : (
        <Button
          variant="ghost"
          size="small"
          className="-mx-3.5 underline underline-offset-4"
          aria-disabled={state === "busy"}
          onClick={send}
        >
          Send the mail again
        </Button>
      )}
    </div>
  );
}
