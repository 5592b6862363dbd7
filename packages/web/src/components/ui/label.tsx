import type { ComponentProps } from "react";
import { cn } from "./class-names";

interface LabelProps extends ComponentProps<"label"> {
  /** The id of the form control. */
  htmlFor: string;
}

/** The visible name of the form control whose id is `htmlFor`. A double click selects no text. */
export function Label({ className, htmlFor, children, ...props }: LabelProps) {
  return (
    <label
      data-slot="label"
      htmlFor={htmlFor}
      className={cn("block text-sm font-medium text-foreground select-none", className)}
      {...props}
    >
      {children}
    </label>
  );
}
