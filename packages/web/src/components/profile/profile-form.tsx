import { standardSchemaResolver } from "@hookform/resolvers/standard-schema";
import { userImage, userName } from "@tracer/core/auth/auth.rules";
import { type KeyboardEvent, useEffect, useState } from "react";
import { useForm } from "react-hook-form";
import * as z from "zod/mini";
import { useUnsaved } from "~/lib/session/unsaved";
import { offlineMessage, writeErrorMessage } from "~/lib/sync/write-errors";
import { useSyncState } from "../sync/sync-state";
import { Alert } from "../ui/alert";
import { Button } from "../ui/button";
import { Field } from "../ui/field";

const profile = z.object({
  name: userName,
  image: z.pipe(
    z.transform((address: string) => address.trim() || null),
    userImage,
  ),
});

export type ProfileEdit = z.output<typeof profile>;

interface ProfileFormProps {
  /** The values at the start of the edit. */
  initial: ProfileEdit;
  /** Writes the fields that changed. Rejects when the server refuses them. */
  save: (changed: Partial<ProfileEdit>) => Promise<unknown>;
  onSaved: () => void;
  onCancel: () => void;
}

/** Edits the name and the picture. A refused save keeps what was typed. */
export function ProfileForm({ initial, save, onSaved, onCancel }: ProfileFormProps) {
  const sync = useSyncState();
  const [refusal, setRefusal] = useState<string>();
  const { register, handleSubmit, setFocus, formState } = useForm({
    resolver: standardSchemaResolver(profile),
    defaultValues: { name: initial.name, image: initial.image ?? "" },
  });
  const { errors, isSubmitting, isDirty } = formState;
  useUnsaved(isDirty);

  useEffect(() => setFocus("name", { shouldSelect: true }), [setFocus]);

  const submit = handleSubmit(async (values) => {
    const changed: Partial<ProfileEdit> = {};
    if (values.name !== initial.name) changed.name = values.name;
    if (values.image !== initial.image) changed.image = values.image;
    if (Object.keys(changed).length === 0) return onSaved();

    setRefusal(undefined);
    if (!navigator.onLine || sync.state === "offline") return setRefusal(offlineMessage);
    try {
      await save(changed);
      onSaved();
    } catch (reason) {
      setRefusal(writeErrorMessage(reason));
    }
  });

  function cancelOnEscape(event: KeyboardEvent) {
    // An Escape that ends the composition of an input method does not close the form.
    if (event.key === "Escape" && !event.nativeEvent.isComposing && !isSubmitting) onCancel();
  }

  return (
    <form
      noValidate
      aria-label="Edit profile"
      className="pt-2"
      onSubmit={isSubmitting ? (event) => event.preventDefault() : submit}
      onKeyDown={cancelOnEscape}
    >
      <div role="alert" className="not-empty:mb-5">
        {refusal ? <Alert>{refusal}</Alert> : null}
      </div>
      <div className="space-y-5">
        <Field
          label="Name"
          autoComplete="name"
          readOnly={isSubmitting}
          error={errors.name?.message}
          {...register("name")}
        />
        <Field
          label="Image URL"
          type="url"
          inputMode="url"
          autoComplete="photo"
          hint="The address of a picture. Leave this field empty to show your initials."
          readOnly={isSubmitting}
          error={errors.image?.message}
          {...register("image")}
        />
        <div className="flex flex-wrap gap-3">
          <Button type="submit" aria-disabled={isSubmitting}>
            {isSubmitting ? "Saving…" : "Save"}
          </Button>
          <Button
            type="button"
            variant="outline"
            aria-disabled={isSubmitting}
            onClick={() => isSubmitting || onCancel()}
          >
            Cancel
          </Button>
        </div>
      </div>
      <p aria-live="polite" className="sr-only">
        {isSubmitting ? "Saving…" : ""}
      </p>
    </form>
  );
}
