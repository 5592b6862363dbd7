import { standardSchemaResolver } from "@hookform/resolvers/standard-schema";
import { userImage, userName } from "@tracer/core/auth/auth.rules";
import { useEffect, useRef, useState } from "react";
import { useForm } from "react-hook-form";
import * as z from "zod/mini";
import { useUnsaved } from "~/lib/session/unsaved";
import type { WaitingStatus } from "~/lib/sync/outbox/outbox-state";
import { fieldErrors, writeErrorMessage } from "~/lib/sync/write-errors";

const profile = z.object({
  name: userName,
  image: z.pipe(
    z.transform((address: string) => address.trim() || null),
    userImage,
  ),
});

export type ProfileEdit = z.output<typeof profile>;

/** Writes the fields that changed. Resolves when the server has saved them, rejects when the server refuses them. */
export type SaveProfile = (changed: Partial<ProfileEdit>, until: AbortSignal) => Promise<void>;

export interface ProfileFormProps {
  /** The values at the start of the edit. */
  initial: ProfileEdit;
  save: SaveProfile;
  /** The status of the newest edit. Undefined when the server has answered every edit. */
  status: WaitingStatus | undefined;
  onSaved: () => void;
  /** Called when the person stops waiting. The outbox keeps the edit and sends it as soon as it can. */
  onLeft: () => void;
  onCancel: () => void;
}

/** The note beside the form while an edit waits for longer than usual. */
const notes: Record<WaitingStatus, string> = {
  saving: "",
  unconfirmed: "Not confirmed yet. Your change is kept and will be tried again.",
  offline: "You are offline. Your change is kept and will be sent when you are back.",
};

/**
 * The state of the form that edits the profile. Reports to the page that the form holds unsaved text, sends what was
 * changed, and shows a refusal at its field.
 */
export function useProfileForm({ initial, save, status, onSaved, onLeft, onCancel }: ProfileFormProps) {
  const [refusal, setRefusal] = useState<string>();
  const waiting = useRef(new AbortController());
  const { register, handleSubmit, setError, setFocus, formState } = useForm({
    resolver: standardSchemaResolver(profile),
    defaultValues: { name: initial.name, image: initial.image ?? "" },
  });
  const { errors, isSubmitting, isDirty } = formState;
  const note = isSubmitting && status ? notes[status] : "";
  useUnsaved(isDirty);

  useEffect(() => setFocus("name", { shouldSelect: true }), [setFocus]);
  // A person who leaves the page does not wait either. A later refusal is shown by `RefusedEdits`.
  useEffect(() => () => waiting.current.abort(), []);

  const submit = handleSubmit(async (values) => {
    const changed: Partial<ProfileEdit> = {};
    if (values.name !== initial.name) changed.name = values.name;
    if (values.image !== initial.image) changed.image = values.image;
    if (Object.keys(changed).length === 0) return onSaved();

    setRefusal(undefined);
    waiting.current = new AbortController();
    const { signal } = waiting.current;
    if (!navigator.onLine) leave();
    try {
      await save(changed, signal);
      if (!signal.aborted) onSaved();
    } catch (reason) {
      if (!signal.aborted) show(reason);
    }
  });

  function show(reason: unknown) {
    const fields = fieldErrors(reason);
    const known = (["name", "image"] as const).filter((field) => fields[field]);
    for (const field of known) setError(field, { message: fields[field] ?? "" }, { shouldFocus: true });
    if (known.length === 0) setRefusal(writeErrorMessage(reason));
  }

  function leave() {
    waiting.current.abort();
    onLeft();
  }

  return { register, submit, errors, refusal, isSubmitting, note, close: isSubmitting ? leave : onCancel };
}
