import { useEffect } from "react";

/**
 * Loads code that the page may need later, once the browser has nothing else to do. So the code does not delay the page,
 * and is there when the network has gone.
 *
 * @param load imports the code. A failure is ignored, because whoever needs the code imports it again
 */
export function useIdleLoad(load: () => Promise<unknown>): void {
  useEffect(() => {
    const start = () => void load().catch(() => {});
    // Safari has no idle callbacks.
    if (typeof requestIdleCallback === "undefined") {
      const timer = setTimeout(start, 2_000);
      return () => clearTimeout(timer);
    }
    const handle = requestIdleCallback(start);
    return () => cancelIdleCallback(handle);
  }, [load]);
}
