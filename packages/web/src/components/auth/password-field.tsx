import { type ComponentProps, useState } from "react";
import { Field } from "../ui/field";

/** A password field whose text is hidden until the person asks to see the password. */
export function PasswordField({
  label = "Password",
  ...props
}: Omit<ComponentProps<typeof Field>, "label" | "type" | "action"> & { label?: string }) {
  const [shown, setShown] = useState(false);
  return (
    <Field
      {...props}
      label={label}
      type={shown ? "text" : "password"}
      autoCapitalize="none"
      spellCheck={false}
      action={
        <button
          type="button"
          aria-pressed={shown}
          onClick={() => setShown(!shown)}
          className="-my-1 min-h-7 cursor-pointer rounded-sm px-1 text-sm text-muted-foreground underline underline-offset-4 hover:text-foreground"
        >
          Show<span className="sr-only"> {label.toLowerCase()}</span>
        </button>
      }
    />
  );
}
