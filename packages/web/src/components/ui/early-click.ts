import { useState } from "react";

/** Remembers the button that was pressed before its part of the page worked. */
export interface EarlyClick {
  /** Watches a part of the page. The ref of an element around the part. */
  watch: (frame: HTMLElement | null) => void;
  /** Presses the button again, and watches no longer. Call when the part works. */
  replay: () => void;
}

/** Returns the same watcher for the life of a component. */
export function useEarlyClick(): EarlyClick {
  return useState(earlyClick)[0];
}

function earlyClick(): EarlyClick {
  let watched: HTMLElement | null = null;
  let pressed: HTMLButtonElement | undefined;

  function note({ target }: Event): void {
    if (target instanceof Element && watched?.contains(target))
      pressed = target.closest("button") ?? undefined;
  }

  return {
    watch: (frame) => {
      watched = frame;
      // React stops a click that meets a part whose code has not come, at the document. The window comes before.
      if (frame) window.addEventListener("click", note, { capture: true });
      else window.removeEventListener("click", note, { capture: true });
    },
    replay: () => {
      window.removeEventListener("click", note, { capture: true });
      if (pressed?.isConnected) pressed.click();
      pressed = undefined;
    },
  };
}
