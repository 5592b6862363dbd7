import { passwordLength } from "@tracer/core/auth/password-length";
import type { PasswordOwner } from "@tracer/core/auth/personal-password";
import { type ComponentProps, useState } from "react";
import { PasswordField } from "./password-field";
import type { strengthOf } from "./password-strength";

interface NewPasswordFieldProps
  extends Omit<ComponentProps<typeof PasswordField>, "hint" | "autoComplete" | "onFocus"> {
  /** Whose password the field takes, as the form knows by now. */
  owner: () => PasswordOwner;
}

/** A field for a new password, with a hint at how strong the password is. The code for the hint comes with the focus. */
export function NewPasswordField({ owner, onChange, ...props }: NewPasswordFieldProps) {
  const [password, setPassword] = useState("");
  const [judge, setJudge] = useState<typeof strengthOf>();
  const least = `At least ${passwordLength.min} characters.`;

  async function load() {
    // Without the code, as without a network, the field has no hint. The server checks the password all the same.
    const loaded = await import("./password-strength").catch(() => undefined);
    if (loaded) setJudge(() => loaded.strengthOf);
  }

  return (
    <PasswordField
      {...props}
      autoComplete="new-password"
      hint={judge && password ? judge(password, owner()) : least}
      onFocus={(event) => {
        setPassword(event.target.value);
        void load();
      }}
      onChange={(event) => {
        onChange?.(event);
        setPassword(event.target.value);
      }}
    />
  );
}
