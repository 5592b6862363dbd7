import type { ComponentProps } from "react";
import * as z from "zod/mini";
import { Field } from "../ui/field";

/** A code of an authenticator app: six digits. Apps show a space in the middle, which the person may enter too. */
export const shownCode = z.object({
  code: z.pipe(
    z.pipe(
      z.string(),
      z.transform((text: string) => text.replace(/\s/g, "")),
    ),
    z.string().check(z.regex(/^\d{6}$/, "Enter the six digits that the app shows.")),
  ),
});

/** A field for a code of an authenticator app. */
export function CodeField(props: Omit<ComponentProps<typeof Field>, "label" | "hint">) {
  return (
    <Field
      {...props}
      label="Code"
      hint="The six digits that your authenticator app shows."
      inputMode="numeric"
      autoComplete="one-time-code"
    />
  );
}
