import { useRouteContext } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { loadLater } from "~/lib/load-later";
import type { InspectorDock } from "./inspector-dock";

const loadDock = loadLater(() => import("./inspector-dock"));

/** Opens the inspector on a page whose address has `?inspect`. Before, nothing of the inspector is loaded. */
export function InspectorDoor() {
  const { user } = useRouteContext({ from: "/_authed" });
  const [opened, setOpened] = useState<{ Dock: typeof InspectorDock }>();

  useEffect(() => {
    if (!new URLSearchParams(location.search).has("inspect")) return;
    loadDock().then(
      ({ InspectorDock: Dock }) => setOpened({ Dock }),
      () => {},
    );
  }, []);

  return opened ? <opened.Dock userId={user.id} onClose={() => setOpened(undefined)} /> : null;
}
