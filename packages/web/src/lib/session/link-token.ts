import { useEffect, useState } from "react";

/**
 * Takes the token of a link in a mail from the page's address: the part behind the `#`. The address bar and the history
 * then hold the token no longer.
 *
 * @returns undefined until the browser has read the address, and an empty text when the address has no token
 */
export function useLinkToken(): string | undefined {
  const [token, setToken] = useState<string>();
  useEffect(() => {
    const { hash, pathname, search } = window.location;
    // In development React runs an effect twice, and the first run has taken the token.
    setToken((taken) => taken || hash.slice(1));
    if (hash) window.history.replaceState(window.history.state, "", pathname + search);
  }, []);
  return token;
}
