import { useEffect, useState } from "react";
import { authClient } from "~/lib/session/auth-client";
import { getMailSetting } from "~/lib/session/mail-setting";
import { Button } from "../ui/button";
import { useFormRequest } from "./form-request";

/** Says that the address is not confirmed, and sends the mail again. Shows nothing in a deployment without mail. */
export function ConfirmNotice({ email }: { email: string }) {
  const [offered, setOffered] = useState(false);
  const { state, problem, run } = useFormRequest(() => authClient.sendVerificationEmail({ email }));

  useEffect(() => {
    void getMailSetting().then(
      (setting) => setOffered(setting !== undefined),
      () => {},
    );
  }, []);

  if (!offered) return null;
  return (
    <div className="mt-1 flex flex-wrap items-center gap-x-3 text-sm">
      <p className="text-write">Address not confirmed</p>
      <p role="status" className="text-muted-foreground empty:hidden">
        {problem ? problem.text : state === "done" ? "Look into your mail." : ""}
      </p>
      {state === "done" ? null : (
        <Button
          variant="ghost"
          size="small"
          className="-mx-3.5 underline underline-offset-4"
          aria-disabled={state === "busy"}
          onClick={() => run(undefined)}
        >
          Send the mail again
        </Button>
      )}
    </div>
  );
}
