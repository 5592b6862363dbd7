import { useCallback, useEffect, useState } from "react";
import { sessionEnded } from "~/lib/session/session-end";
import type { Device } from "~/lib/wire/device";
import { listDevices } from "./account-client";

/** How often the list is asked for while the page is visible, in milliseconds. */
const pollTime = 10_000;

/**
 * Where the person is signed in. The list follows the server while the page is visible: sessions are never synced,
 * because their rows hold tokens, so the page asks for the list every ten seconds and when the person comes back.
 *
 * @returns the devices, undefined until the first answer; whether the last request failed; and `refresh`, which asks at
 *   once
 */
export function useDevices() {
  const [devices, setDevices] = useState<readonly Device[]>();
  const [isStale, setIsStale] = useState(false);

  const refresh = useCallback(async () => {
    const answer = await listDevices().catch(() => undefined);
    if (answer?.error?.status === 401) sessionEnded();
    setIsStale(!answer?.data);
    if (answer?.data) setDevices(answer.data.devices);
  }, []);

  useEffect(() => {
    const look = () => void (document.visibilityState === "visible" && refresh());
    look();
    const timer = setInterval(look, pollTime);
    document.addEventListener("visibilitychange", look);
    addEventListener("focus", look);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", look);
      removeEventListener("focus", look);
    };
  }, [refresh]);

  return { devices, isStale, refresh };
}
