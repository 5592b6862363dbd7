import { standardSchemaResolver } from "@hookform/resolvers/standard-schema";
import { useState } from "react";
import { useForm } from "react-hook-form";
import * as z from "zod/mini";
import { loadLater } from "~/lib/load-later";
import { passkeyName } from "~/lib/wire/passkey-name";
import { AuthForm, useAuthRequest } from "../auth/auth-form";
import { authMessage } from "../auth/auth-message";
import { Alert } from "../ui/alert";
import { Button } from "../ui/button";
import { Field } from "../ui/field";
import { Timestamp } from "../ui/timestamp";
import { removePasskey } from "./account-client";
import { Section } from "./section";
import type { useMethods } from "./use-methods";

const loadCeremony = loadLater(() => import("../auth/passkey-ceremony"));

const named = z.object({ name: passkeyName });

/** Lists the passkeys of the person, adds one and removes one. */
export function PasskeysSection({ methods, refresh }: ReturnType<typeof useMethods>) {
  const [problem, setProblem] = useState("");
  const [removing, setRemoving] = useState(false);

  async function remove(id: string) {
    if (removing) return;
    setRemoving(true);
    setProblem("");
    const { error } = await removePasskey(id).catch(() => ({ error: {} }));
    if (error) setProblem(authMessage(error).text);
    await refresh();
    setRemoving(false);
  }

  const passkeys = methods?.passkeys ?? [];
  return (
    <Section
      title="Passkeys"
      about="A passkey signs you in with the lock of your device, without the password and without a code."
    >
      <div role="alert" className="not-empty:mb-4">
        {problem ? <Alert>{problem}</Alert> : null}
      </div>
      {passkeys.length > 0 ? (
        <ul className="mb-5 divide-y" aria-label="Passkeys">
          {passkeys.map(({ id, name, addedAt }) => (
            <li
              key={id}
              className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 py-3 first:pt-0"
            >
              <div className="min-w-0">
                <p className="font-medium wrap-anywhere">{name}</p>
                <p className="mt-0.5 text-sm text-muted-foreground">
                  Added <Timestamp value={new Date(addedAt)} />
                </p>
              </div>
              <Button
                variant="outline"
                size="small"
                aria-disabled={removing}
                aria-label={`Remove ${name}`}
                onClick={() => remove(id)}
              >
                Remove
              </Button>
            </li>
          ))}
        </ul>
      ) : null}
      <AddPasskey onDone={refresh} />
    </Section>
  );
}

function AddPasskey({ onDone }: { onDone: () => Promise<void> }) {
  const { register, handleSubmit, reset, formState } = useForm({
    resolver: standardSchemaResolver(named),
    defaultValues: { name: "" },
  });
  const { problem, run } = useAuthRequest(
    async ({ name }: z.output<typeof named>) => (await loadCeremony()).makePasskey(name),
    async () => {
      reset();
      await onDone();
    },
  );
  const { errors, isSubmitting } = formState;
  return (
    <AuthForm name="Add a passkey" busy="Adding…" {...{ isSubmitting, problem }} onSubmit={handleSubmit(run)}>
      <Field
        label="Name of the passkey"
        hint="Such as the device that keeps it."
        autoComplete="off"
        error={errors.name?.message}
        {...register("name")}
      />
    </AuthForm>
  );
}
