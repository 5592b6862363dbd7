import { useEffect, useState } from "react";

/** Returns the present moment, in milliseconds since 1970, anew each second. */
export function usePresent(): number {
  const [present, setPresent] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setPresent(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  return present;
}
