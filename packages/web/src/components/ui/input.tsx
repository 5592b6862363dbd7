import type { ComponentProps } from "react";
import { cn } from "./class-names";

/** A text field of one line. `aria-invalid` gives the field the colour of an error. */
export function Input({ className, type = "text", ...props }: ComponentProps<"input">) {
  return (
    <input
      type={type}
      data-slot="input"
      className={cn(
        // iOS zooms into a field whose text is smaller than 16 px.
        "block min-h-11 w-full min-w-0 rounded-lg border border-input bg-card px-3.5 text-base text-foreground",
        "placeholder:text-muted-foreground read-only:bg-muted aria-invalid:border-danger",
        "focus-visible:outline-offset-1",
        className,
      )}
      {...props}
    />
  );
}
