import { standardSchemaResolver } from "@hookform/resolvers/standard-schema";
import { userName } from "@tracer/core/auth/auth.rules";
import { useEffect, useRef, useState } from "react";
import { useForm } from "react-hook-form";
import * as z from "zod/mini";
import { useUnsaved } from "~/lib/session/unsaved";
import type { WaitingStatus } from "~/lib/sync/outbox/outbox-state";
import { fieldErrors, writeErrorMessage } from "~/lib/sync/write-errors";
import { usePicture } from "./use-picture";

const typed = z.object({ name: userName });

/** What the form changes. The picture is an address, null without a picture. */
export interface ProfileEdit {
  name: string;
  image: string | null;
}

/** Writes the fields that changed. Resolves when the server has saved them, rejects when the server refuses them. */
export type SaveProfile = (changed: Partial<ProfileEdit>, until: AbortSignal) => Promise<void>;

export interface ProfileFormProps {
  userId: string;
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
 * The state of the form that edits the profile. Reports to the page that the form holds unsaved changes, uploads a new
 * picture, sends what was changed, and shows a refusal at its field.
 */
export function useProfileForm({
  userId,
  initial,
  save,
  status,
  onSaved,
  onLeft,
  onCancel,
}: ProfileFormProps) {
  const [refusal, setRefusal] = useState<string>();
  const [isUploading, setUploading] = useState(false);
  const waiting = useRef(new AbortController());
  const picture = usePicture(initial.image, userId);
  const { register, handleSubmit, setError, setFocus, formState } = useForm({
    resolver: standardSchemaResolver(typed),
    defaultValues: { name: initial.name },
  });
  const { errors, isSubmitting, isDirty } = formState;
  const note = isSubmitting && !isUploading && status ? notes[status] : "";
  useUnsaved(isDirty || picture.isChanged);

  useEffect(() => setFocus("name", { shouldSelect: true }), [setFocus]);
  // A person who leaves the page does not wait either. A later refusal is shown by `RefusedEdits`.
  useEffect(() => () => waiting.current.abort(), []);

  const submit = handleSubmit(async ({ name }) => {
    setRefusal(undefined);
    waiting.current = new AbortController();
    const { signal } = waiting.current;
    const image = await uploaded(signal);
    if (image === undefined) return;
    const changed: Partial<ProfileEdit> = {};
    if (name !== initial.name) changed.name = name;
    if (image !== initial.image) changed.image = image;
    if (Object.keys(changed).length === 0) return onSaved();
    if (!navigator.onLine) leave();
    try {
      await save(changed, signal);
      if (!signal.aborted) onSaved();
    } catch (reason) {
      if (!signal.aborted) show(reason);
    }
  });

  /** Returns the address of the picture. Undefined when the form stays open, with the reason at the picture. */
  async function uploaded(until: AbortSignal): Promise<string | null | undefined> {
    setUploading(true);
    try {
      return await picture.address(until);
    } catch {
      return undefined;
    } finally {
      setUploading(false);
    }
  }

  function show(reason: unknown) {
    const { name, image } = fieldErrors(reason);
    if (name) setError("name", { message: name }, { shouldFocus: true });
    else setRefusal(image ?? writeErrorMessage(reason));
  }

  function leave() {
    waiting.current.abort();
    onLeft();
  }

  return {
    register,
    submit,
    errors,
    refusal,
    isSubmitting,
    note,
    picture,
    /** While an edit is on its way, the form closes once the outbox keeps the edit. An upload can be given up. */
    canClose: !isSubmitting || isUploading || note !== "",
    close: isSubmitting && !isUploading ? leave : onCancel,
  };
}
