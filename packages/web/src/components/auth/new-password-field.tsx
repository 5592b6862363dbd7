import { passwordLength } from "@tracer/core/auth/auth.rules";
import type { PasswordOwner } from "@tracer/core/auth/personal-password";
import { type ComponentProps, useState } from "react";
import { PasswordField } from "./password-field";

interface NewPasswordFieldProps extends Omit<ComponentProps<typeof PasswordField>, "hint" | "autoComplete"> {
  /** Whose password the field takes, as the form knows by now. */
  owner: () => PasswordOwner;
}

/** A field for a new password, with a hint at how strong the password is. The code for the hint comes with the focus. */
export function NewPasswordField({ owner, onChange, onFocus, ...props }: NewPasswordFieldProps) {
  const [strength, setStrength] = useState("");

  async function judge(password: string) {
    // Without the code, as without a network, the field has no hint. The server checks the password all the same.
    const loaded = await import("./password-strength").catch(() => undefined);
    setStrength(password === "" ? "" : (loaded?.strengthOf(password, owner()) ?? ""));
  }

  return (
    <PasswordField
      {...props}
      autoComplete="new-password"
      hint={strength || `At least ${passwordLength.min} characters.`}
      onFocus={(event) => {
        onFocus?.(event);
        void judge(event.target.value);
      }}
      onChange={(event) => {
        onChange?.(event);
        void judge(event.target.value);
      }}
    />
  );
}
