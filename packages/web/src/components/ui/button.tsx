import { cva, type VariantProps } from "class-variance-authority";
import type { ComponentProps } from "react";
import { cn } from "./class-names";

/** The classes that make an element look like a button: a link, for example. */
export const buttonLook = cva(
  [
    "inline-flex cursor-pointer items-center justify-center gap-2 rounded-full text-sm font-medium select-none",
    "transition-[background-color,border-color,opacity] duration-150",
    "disabled:cursor-default disabled:opacity-60 aria-disabled:cursor-default aria-disabled:opacity-60",
    "[&_svg]:size-4 [&_svg]:shrink-0",
  ],
  {
    variants: {
      variant: {
        primary: "bg-primary text-primary-foreground hover:opacity-88",
        outline: "border border-input bg-card text-foreground hover:bg-muted",
        ghost: "text-foreground hover:bg-muted",
        danger: "border border-danger bg-card text-danger hover:bg-danger-soft",
      },
      size: {
        default: "min-h-11 px-5",
        small: "min-h-9 px-3.5",
      },
    },
    defaultVariants: { variant: "primary", size: "default" },
  },
);

type ButtonProps = ComponentProps<"button"> & VariantProps<typeof buttonLook>;

/** A button. An element that looks like a button and is none takes {@link buttonLook}. */
export function Button({ className, variant, size, ...props }: ButtonProps) {
  return <button data-slot="button" className={cn(buttonLook({ variant, size }), className)} {...props} />;
}
