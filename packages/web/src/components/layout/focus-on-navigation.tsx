import { useRouterState } from "@tanstack/react-router";
import { useEffect, useRef } from "react";

/**
 * Moves the focus to the content after a navigation inside the app, as a browser does on a full load. Otherwise the
 * focus stays on a link that is gone, and a screen reader stays silent.
 */
export function FocusOnNavigation() {
  const path = useRouterState({ select: (state) => state.resolvedLocation?.pathname });
  const last = useRef(path);
  useEffect(() => {
    if (last.current !== undefined && path !== undefined && last.current !== path) {
      document.getElementById("main")?.focus({ preventScroll: true });
    }
    last.current = path;
  }, [path]);
  return null;
}
