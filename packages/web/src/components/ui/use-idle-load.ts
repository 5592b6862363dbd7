import { useEffect } from "react";
import { whenIdle } from "~/lib/when-idle";

/**
 * Loads code that the page may need later, once the browser has nothing else to do. So the code does not delay the page,
 * and is there when the network has gone.
 *
 * @param load imports the code. A failure is ignored, because whoever needs the code imports it again
 */
export function useIdleLoad(load: () => Promise<unknown>): void {
  useEffect(() => whenIdle(() => void load().catch(() => {})), [load]);
}
