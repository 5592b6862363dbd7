import { cva, type VariantProps } from "class-variance-authority";
import type { ComponentProps } from "react";
import { cn } from "./class-names";

const alertVariants = cva("flex flex-wrap items-center gap-x-4 gap-y-2 rounded-xl border px-4 py-3 text-sm", {
  variants: {
    tone: {
      write: "border-write bg-write-soft text-foreground",
      danger: "border-danger bg-danger-soft text-foreground",
    },
  },
  defaultVariants: { tone: "danger" },
});

/** A message beside the element that the message is about. Only a message that must interrupt takes `role="alert"`. */
export function Alert({
  className,
  tone,
  ...props
}: ComponentProps<"div"> & VariantProps<typeof alertVariants>) {
  return <div data-slot="alert" className={cn(alertVariants({ tone }), className)} {...props} />;
}
