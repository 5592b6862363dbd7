import { useEffect, useState } from "react";
import { loadLater } from "~/lib/load-later";
import { Button } from "../ui/button";
import { type AuthMessage, authMessage, unreachable } from "./auth-message";
import { AuthProblem } from "./auth-problem";

const loadCeremony = loadLater(() => import("./passkey-ceremony"));

/**
 * Signs in with a passkey. Browsers without passkeys show no button.
 *
 * @param onDone called when the person is signed in
 */
export function PasskeyButton({ onDone }: { onDone: () => Promise<void> }) {
  const [offered, setOffered] = useState(false);
  const [problem, setProblem] = useState<AuthMessage>();
  const [busy, setBusy] = useState(false);

  useEffect(() => setOffered("PublicKeyCredential" in window), []);

  async function signIn() {
    if (busy) return;
    setBusy(true);
    setProblem(undefined);
    try {
      const { signInByPasskey } = await loadCeremony();
      const { error } = await signInByPasskey();
      if (!error) return await onDone();
      setProblem(authMessage(error));
    } catch {
      setProblem(unreachable);
    } finally {
      setBusy(false);
    }
  }

  return (
    // The room is there from the start, so that nothing moves when the button appears.
    <div className="mt-4 min-h-11">
      {offered ? (
        <>
          {problem ? <AuthProblem message={problem} /> : null}
          <Button variant="outline" className="w-full" aria-disabled={busy} onClick={signIn}>
            Sign in with a passkey
          </Button>
        </>
      ) : null}
    </div>
  );
}
