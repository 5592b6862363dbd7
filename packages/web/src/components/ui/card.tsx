import type { ComponentProps } from "react";
import { cn } from "./class-names";

/** A raised surface for one subject. */
export function Card({ className, ...props }: ComponentProps<"div">) {
  return (
    <div
      data-slot="card"
      className={cn("rounded-2xl border bg-card p-5 shadow-[0_1px_2px_rgb(0_0_0/0.04)] sm:p-8", className)}
      {...props}
    />
  );
}
