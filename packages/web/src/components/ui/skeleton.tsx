import type { ComponentProps } from "react";
import { cn } from "./class-names";

/** Holds the place of content that is on its way. Assistive technology skips the placeholder. */
export function Skeleton({ className, ...props }: ComponentProps<"div">) {
  return (
    <div
      aria-hidden="true"
      data-slot="skeleton"
      className={cn("animate-pulse bg-muted motion-reduce:animate-none", className)}
      {...props}
    />
  );
}
