import { standardSchemaResolver } from "@hookform/resolvers/standard-schema";
import { useState } from "react";
import { useForm } from "react-hook-form";
import * as z from "zod/mini";
import { Button } from "../ui/button";
import { Field } from "../ui/field";
import { askAuth } from "./ask-auth";
import { AuthForm, useAuthRequest } from "./auth-form";
import { CodeField, shownCode } from "./code-field";
import { explainedCode } from "./explained-code";

const kinds = {
  app: { path: "/two-factor/verify-totp", schema: shownCode },
  backup: {
    path: "/two-factor/verify-backup-code",
    schema: z.object({
      code: z.string("Enter a backup code.").check(z.trim(), z.minLength(1, "Enter a backup code.")),
    }),
  },
} as const;

/**
 * The second step of a sign-in: a code of the authenticator app, or one of the backup codes.
 *
 * @param onDone called when the person is signed in
 */
export function SecondStepForm({ onDone }: { onDone: () => Promise<void> }) {
  const [kind, setKind] = useState<keyof typeof kinds>("app");
  const other = kind === "app" ? "backup" : "app";
  return (
    <>
      <CodeForm key={kind} kind={kind} onDone={onDone} />
      <Button variant="ghost" size="small" className="mt-3 w-full" onClick={() => setKind(other)}>
        {kind === "app" ? "Use a backup code" : "Use the authenticator app"}
      </Button>
    </>
  );
}

function CodeForm({ kind, onDone }: { kind: keyof typeof kinds; onDone: () => Promise<void> }) {
  const { path, schema } = kinds[kind];
  const { register, handleSubmit, formState } = useForm({
    resolver: standardSchemaResolver(schema),
    defaultValues: { code: "" },
  });
  const { problem, run } = useAuthRequest(
    async (shown: { code: string }) => explainedCode(await askAuth("POST", path, shown)),
    onDone,
  );
  const { errors, isSubmitting } = formState;
  return (
    <AuthForm name="Sign in" busy="Signing in…" {...{ isSubmitting, problem }} onSubmit={handleSubmit(run)}>
      {kind === "app" ? (
        <CodeField autoFocus error={errors.code?.message} {...register("code")} />
      ) : (
        <Field
          label="Backup code"
          hint="One of the codes that you kept when you turned the second factor on."
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          autoFocus
          error={errors.code?.message}
          {...register("code")}
        />
      )}
    </AuthForm>
  );
}
