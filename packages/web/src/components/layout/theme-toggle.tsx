import Monitor from "lucide-react/icons/monitor";
import Moon from "lucide-react/icons/moon";
import Sun from "lucide-react/icons/sun";
import { useId } from "react";
import { cn } from "../ui/class-names";
import { type Theme, themes, useTheme } from "./theme";

// CSS marks the chosen theme by the attribute of the root element, so that the mark is right before React starts.
const looks: Record<Theme, { label: string; icon: typeof Sun; chosen: string }> = {
  light: {
    label: "Light",
    icon: Sun,
    chosen: "[:root[data-theme=light]_&]:bg-raised [:root[data-theme=light]_&]:text-foreground",
  },
  dark: {
    label: "Dark",
    icon: Moon,
    chosen: "[:root[data-theme=dark]_&]:bg-raised [:root[data-theme=dark]_&]:text-foreground",
  },
  system: {
    label: "System",
    icon: Monitor,
    chosen: "[:root:not([data-theme])_&]:bg-raised [:root:not([data-theme])_&]:text-foreground",
  },
};

/** Chooses between the light theme, the dark theme and the theme of the system. */
export function ThemeToggle() {
  const [theme, choose] = useTheme();
  const group = useId();
  return (
    <fieldset className="flex w-fit rounded-full bg-muted p-1">
      <legend className="sr-only">Theme</legend>
      {themes.map((name) => {
        const { label, icon: Icon, chosen } = looks[name];
        return (
          <label
            key={name}
            title={label}
            className={cn(
              "flex size-9 cursor-pointer items-center justify-center rounded-full text-muted-foreground",
              "hover:text-foreground has-focus-visible:outline-2 has-focus-visible:outline-ring",
              "forced-colors:has-checked:outline-2",
              chosen,
            )}
          >
            <input
              type="radio"
              name={group}
              value={name}
              checked={theme === name}
              onChange={() => choose(name)}
              className="sr-only"
            />
            <Icon aria-hidden="true" className="size-4" />
            <span className="sr-only">{label}</span>
          </label>
        );
      })}
    </fieldset>
  );
}
