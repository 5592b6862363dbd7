import type { ComponentProps } from "react";
import { cn } from "./class-names";

/** A one-line text field; `aria-invalid` gives it the colour of a mistake. */
export function Input({ className, type = "text", ...props }: ComponentProps<"input">) {
  return (
    <input
      type={type}
      data-slot="input"
      className={cn(
        // 16 px of text keeps iOS from zooming into the field.
        "block min-h-11 w-full min-w-0 rounded-lg border border-input bg-card px-3.5 text-base text-foreground",
        "placeholder:text-muted-foreground read-only:bg-muted aria-invalid:border-danger",
        "focus-visible:outline-offset-1",
        className,
      )}
      {...props}
    />
  );
}
