import { useEffect, useState } from "react";
import type { ConfirmNotice } from "../account/confirm-notice";

/** Loads the notice, which needs code that the page does without when the address is confirmed. */
export function AddressNotice({ email }: { email: string }) {
  const [Notice, setNotice] = useState<typeof ConfirmNotice>();
  useEffect(() => {
    void import("../account/confirm-notice").then(
      (loaded) => setNotice(() => loaded.ConfirmNotice),
      // Without a network the notice can do nothing.
      () => {},
    );
  }, []);
  return Notice ? <Notice email={email} /> : null;
}
