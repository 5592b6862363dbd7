import type { ClipboardEvent, DragEvent, KeyboardEvent } from "react";
import { Alert } from "../ui/alert";
import { Button } from "../ui/button";
import { Field } from "../ui/field";
import { PictureField } from "./picture-field";
import { type ProfileFormProps, useProfileForm } from "./use-profile-form";

/** Edits the name and the picture. What was typed stays until it is saved, kept for later or given up. */
export function ProfileForm(props: ProfileFormProps) {
  const { register, submit, errors, refusal, isSubmitting, canClose, note, close, picture } =
    useProfileForm(props);

  function closeOnEscape(event: KeyboardEvent) {
    // An Escape that ends the composition of an input method does not close the form.
    if (event.key === "Escape" && !event.nativeEvent.isComposing && canClose) close();
  }

  /** Takes a file that was dropped on the form or pasted into it. Text goes where it would go anyway. */
  function take(event: DragEvent | ClipboardEvent, { files: [file] }: DataTransfer) {
    if (!file) return;
    event.preventDefault();
    if (!isSubmitting) void picture.choose(file);
  }

  return (
    <form
      noValidate
      aria-label="Edit profile"
      className="pt-2"
      onSubmit={isSubmitting ? (event) => event.preventDefault() : submit}
      onKeyDown={closeOnEscape}
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => take(event, event.dataTransfer)}
      onPaste={(event) => take(event, event.clipboardData)}
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
        <PictureField picture={picture} readOnly={isSubmitting} />
        <div className="flex flex-wrap gap-3">
          <Button type="submit" aria-disabled={isSubmitting}>
            {isSubmitting ? "Saving…" : "Save"}
          </Button>
          <Button
            type="button"
            variant="outline"
            aria-disabled={!canClose}
            onClick={() => canClose && close()}
          >
            {note ? "Close" : "Cancel"}
          </Button>
        </div>
      </div>
      <p aria-live="polite" className={note ? "mt-4 text-sm text-muted-foreground" : "sr-only"}>
        {note || (isSubmitting ? "Saving…" : "")}
      </p>
    </form>
  );
}
