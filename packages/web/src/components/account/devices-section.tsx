import { useState } from "react";
import type { Device } from "~/lib/wire/device";
import { authMessage, unreachable } from "../auth/auth-message";
import { Alert } from "../ui/alert";
import { Badge } from "../ui/badge";
import { Button } from "../ui/button";
import { Skeleton } from "../ui/skeleton";
import { Timestamp } from "../ui/timestamp";
import { endDevice, endOtherDevices } from "./account-client";
import { Section } from "./section";
import { useDevices } from "./use-devices";

/** Shows where the person is signed in, live, and signs the person out there. */
export function DevicesSection() {
  const { devices, isStale, refresh } = useDevices();
  const [problem, setProblem] = useState("");
  const [ending, setEnding] = useState<string>();

  async function end(what: string, request: () => ReturnType<typeof endDevice | typeof endOtherDevices>) {
    if (ending !== undefined) return;
    setEnding(what);
    setProblem("");
    const { error } = await request().catch(() => ({ error: {} }));
    if (error) setProblem(authMessage(error).text);
    await refresh();
    setEnding(undefined);
  }

  return (
    <Section title="Devices" about="The browsers in which you are signed in. This list updates by itself.">
      <div role="alert" className="not-empty:mb-4">
        {problem ? <Alert>{problem}</Alert> : null}
        {isStale && !problem ? <Alert tone="write">{unreachable.text}</Alert> : null}
      </div>
      {devices ? (
        <ul className="divide-y" aria-label="Devices">
          {devices.map((device) => (
            <DeviceRow
              key={device.id}
              device={device}
              isEnding={ending !== undefined}
              onEnd={() => end(device.id, () => endDevice(device.id))}
            />
          ))}
        </ul>
      ) : (
        <Skeleton className="h-14 rounded-lg" />
      )}
      {devices && devices.length > 1 ? (
        <Button
          variant="outline"
          className="mt-4"
          aria-disabled={ending !== undefined}
          onClick={() => end("others", endOtherDevices)}
        >
          Sign out all other devices
        </Button>
      ) : null}
    </Section>
  );
}

interface DeviceRowProps {
  device: Device;
  isEnding: boolean;
  onEnd: () => void;
}

function DeviceRow({ device, isEnding, onEnd }: DeviceRowProps) {
  const { words, current, seenAt, signedInAt } = device;
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 py-3 first:pt-0">
      <div className="min-w-0">
        <p className="flex flex-wrap items-center gap-2 font-medium wrap-anywhere">
          {words} {current ? <Badge tone="read">This device</Badge> : null}
        </p>
        <p className="mt-0.5 text-sm text-muted-foreground">
          Last seen <Timestamp value={new Date(seenAt)} />, signed in{" "}
          <Timestamp value={new Date(signedInAt)} />
        </p>
      </div>
      {current ? null : (
        <Button
          variant="outline"
          size="small"
          aria-disabled={isEnding}
          aria-label={`Sign out ${words}`}
          onClick={onEnd}
        >
          Sign out
        </Button>
      )}
    </li>
  );
}
