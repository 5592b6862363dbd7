import { type ComponentProps, type ReactNode, useId } from "react";
import { cn } from "./class-names";
import { Input } from "./input";
import { Label } from "./label";

type FieldProps = Omit<ComponentProps<"input">, "id"> & {
  label: string;
  /** One line on what is wanted, read out with the field. */
  hint?: ReactNode;
  /** What is wrong with the value; takes the hint's place, and is read out with the field. */
  error?: string | undefined;
  /** Something that acts on the field, placed at the end of its label's line. */
  action?: ReactNode;
};

/** A labelled text field with its hint and its mistake, tied together for assistive technology. */
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
