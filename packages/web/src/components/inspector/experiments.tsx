import EarOff from "lucide-react/icons/ear-off";
import Hourglass from "lucide-react/icons/hourglass";
import MailX from "lucide-react/icons/mail-x";
import WifiOff from "lucide-react/icons/wifi-off";
import type { Faults } from "~/lib/inspector/network";
import { Button } from "../ui/button";
import { cn } from "../ui/class-names";

/** By how much "Delay answers" delays, in milliseconds. */
const delay = 2_000;

interface Experiment {
  readonly label: string;
  readonly icon: typeof WifiOff;
  readonly isOn: (faults: Faults) => boolean;
  readonly turn: (on: boolean) => Partial<Faults>;
  /** What to do and to see. */
  readonly hint: string;
}

const experiments: readonly Experiment[] = [
  {
    label: "Go offline",
    icon: WifiOff,
    isOn: ({ offline }) => offline,
    turn: (offline) => ({ offline }),
    hint: "Every request of this tab fails. Edit your profile: the edit shows at once and waits in the outbox until you are back.",
  },
  {
    label: "Silence the network",
    icon: EarOff,
    isOn: ({ silent }) => silent,
    turn: (silent) => ({ silent }),
    hint: "Requests go out and nothing comes back. After 30 seconds the sync takes the connection for dead and asks again.",
  },
  {
    label: "Delay answers",
    icon: Hourglass,
    isOn: ({ delay: by }) => by > 0,
    turn: (on) => ({ delay: on ? delay : 0 }),
    hint: "Everything that comes back is two seconds late. Edits still show at once.",
  },
  {
    label: "Lose the next answer",
    icon: MailX,
    isOn: ({ losesNext }) => losesNext,
    turn: (losesNext) => ({ losesNext }),
    hint: "The server saves the next edit, but its answer is lost. The outbox sends the edit again, and the server answers from its record: the edit is saved once.",
  },
];

/** Buttons that make a fault of the network, so that a person sees how the sync copes. */
export function Experiments({ faults, set }: { faults: Faults; set: (faults: Partial<Faults>) => void }) {
  const running = experiments.filter(({ isOn }) => isOn(faults));
  return (
    <>
      <div className="flex flex-wrap gap-2">
        {experiments.map(({ label, icon: Icon, isOn, turn }) => {
          const on = isOn(faults);
          return (
            <Button
              key={label}
              size="small"
              variant={on ? "danger" : "outline"}
              aria-pressed={on}
              onClick={() => set(turn(!on))}
            >
              <Icon aria-hidden="true" />
              {label}
            </Button>
          );
        })}
      </div>
      <div
        aria-live="polite"
        className={cn("text-xs text-muted-foreground", running.length > 0 && "mt-3 space-y-1.5")}
      >
        {running.map(({ label, hint }) => (
          <p key={label}>{hint}</p>
        ))}
      </div>
    </>
  );
}
