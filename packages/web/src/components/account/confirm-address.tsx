import { Link } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { askAuth } from "../auth/ask-auth";
import type { AuthFailure } from "../auth/auth-message";
import { Button, buttonLook } from "../ui/button";
import { MailLinkResult } from "./mail-link-result";

type Outcome = "asking" | "busy" | "confirmed" | "approved" | "spent" | "other-account" | "unreachable";

const approval = "approve=";

/**
 * Redeems the token from a mail: confirms an address at once, and approves a change of the address after a question, so
 * that no program that opens the links in mails can approve for the person.
 *
 * @param token is empty when the page was opened without the link from the mail
 */
export function ConfirmAddress({ token }: { token: string }) {
  const approves = token.startsWith(approval);
  const [outcome, setOutcome] = useState<Outcome>(approves ? "asking" : token === "" ? "spent" : "busy");

  async function redeem() {
    setOutcome("busy");
    setOutcome(await redeemed(token, approves));
  }

  // biome-ignore lint/correctness/useExhaustiveDependencies: The token is redeemed once, when the page opens.
  useEffect(() => {
    if (outcome === "busy") void redeem();
  }, []);

  if (outcome === "busy") return <p role="status">One moment…</p>;
  if (outcome === "asking") {
    return (
      <MailLinkResult
        title="Do you want to change your address?"
        action={<Button onClick={redeem}>Approve the change</Button>}
      >
        Somebody has asked for another e-mail address for your account. If it was not you, close this page and
        change your password.
      </MailLinkResult>
    );
  }
  const { title, text } = words[outcome];
  return (
    <MailLinkResult title={title} action={actionAfter(outcome, redeem)}>
      {text}
    </MailLinkResult>
  );
}

function actionAfter(outcome: Outcome, redeem: () => void) {
  if (outcome === "unreachable") return <Button onClick={redeem}>Try again</Button>;
  return (
    <Link to="/profile" className={buttonLook()}>
      Open your profile
    </Link>
  );
}

async function redeemed(token: string, approves: boolean): Promise<Outcome> {
  const value = approves ? token.slice(approval.length) : token;
  const query = new URLSearchParams({ token: value });
  const { error } = await askAuth("GET", `/verify-email?${query}`).catch(() => ({ error: noAnswer }));
  if (!error) return approves ? "approved" : "confirmed";
  if (error.code === "INVALID_USER") return "other-account";
  const { status = 0 } = error;
  return status >= 400 && status < 500 && status !== 429 ? "spent" : "unreachable";
}

const noAnswer: AuthFailure = {};

const words: Record<Exclude<Outcome, "asking" | "busy">, { title: string; text: string }> = {
  confirmed: { title: "Your address is confirmed", text: "Thank you. You can close this page." },
  approved: {
    title: "One more step",
    text: "A mail with a link is on the way to the new address. Open that link to finish the change.",
  },
  spent: {
    title: "This link does not work any more",
    text: "A link works for one hour. Your profile can send a new one.",
  },
  "other-account": {
    title: "You are signed in to another account",
    text: "Sign out, and open the link from the mail again.",
  },
  unreachable: {
    title: "The server cannot be reached",
    text: "Check your connection, then try again.",
  },
};
