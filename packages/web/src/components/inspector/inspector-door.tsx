import { useRouteContext } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { inspectorChannel } from "~/lib/inspector/inspector-channel";
import { loadLater } from "~/lib/load-later";
import type { InspectorDock } from "./inspector-dock";

const loadDock = loadLater(() => import("./inspector-dock"));
const loadWitness = loadLater(() => import("~/lib/inspector/witness"));

/**
 * Opens the inspector on a page whose address has `?inspect`, and reports to the inspector of another tab what this tab
 * sees. Before, nothing of the inspector is loaded.
 */
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

  useEffect(() => {
    const channel = new BroadcastChannel(inspectorChannel(user.id));
    channel.onmessage = () => {
      loadWitness().then(
        ({ report }) => report(user.id),
        () => {},
      );
    };
    return () => channel.close();
  }, [user.id]);

  return opened ? <opened.Dock userId={user.id} onClose={() => setOpened(undefined)} /> : null;
}
