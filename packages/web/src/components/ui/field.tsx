import { type ComponentProps, type ReactNode, useId } from "react";
import { cn } from "./class-names";
import { Input } from "./input";
import { Label } from "./label";

interface FieldProps extends Omit<ComponentProps<"input">, "id"> {
  label: string;
  /** Says in one line what to enter. Screen readers read out the hint with the field. */
  hint?: string;
  /** Says what is wrong with the value. The error replaces the hint. */
  error?: string | undefined;
  /** A control that acts on the field, beside the label. */
  action?: ReactNode;
}

/** A text field with a label, a hint and an error, connected for assistive technology. */
export function Field({ label, hint, error, action, className, ...input }: FieldProps) {
  const id = useId();
  const note = error ? `${id}-error` : hint ? `${id}-hint` : undefined;
  return (
    <div data-slot="field" className={cn("space-y-1.5", className)}>
      <div className="flex items-end justify-between gap-3">
        <Label htmlFor={id}>{label}</Label>
        {action}
      </div>
      <Input id={id} aria-invalid={error ? true : undefined} aria-describedby={note} {...input} />
      {hint && !error ? (
        <p id={`${id}-hint`} className="text-sm text-muted-foreground">
          {hint}
        </p>
      ) : null}
      {error ? (
        <p id={`${id}-error`} data-slot="field-error" className="text-sm font-medium text-danger">
          {error}
        </p>
      ) : null}
    </div>
  );
}
