import { createPortal } from "react-dom";
import { InspectorPanel } from "./inspector-panel";

/** The inspector beside the page, or below the page on a narrow screen. The page makes room, see `styles.css`. */
export function InspectorDock({ userId, onClose }: { userId: string; onClose: () => void }) {
  function close() {
    // The inspector stays closed when the person loads the page again.
    const url = new URL(location.href);
    url.searchParams.delete("inspect");
    history.replaceState(history.state, "", url);
    onClose();
  }

  return createPortal(
    <aside
      data-slot="inspector"
      aria-label="Inspector"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: A box that scrolls must be reachable by keyboard.
      tabIndex={0}
      className="fixed inset-x-0 bottom-0 z-40 h-[58dvh] overflow-y-auto border-t bg-background text-foreground shadow-2xl lg:inset-y-0 lg:left-auto lg:h-auto lg:w-[min(34rem,46vw)] lg:border-t-0 lg:border-l"
    >
      {/* The key gives each person an inspector of their own. */}
      <InspectorPanel key={userId} userId={userId} onClose={close} />
    </aside>,
    document.body,
  );
}
