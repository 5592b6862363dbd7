import type { KeyboardEvent } from "react";
import { Alert } from "../ui/alert";
import { Button } from "../ui/button";
import { Field } from "../ui/field";
import { type ProfileFormProps, useProfileForm } from "./use-profile-form";

/** Edits the name and the picture. What was typed stays until it is saved, kept for later or given up. */
export function ProfileForm(props: ProfileFormProps) {
  const { register, submit, errors, refusal, isSubmitting, note, close } = useProfileForm(props);

  function closeOnEscape(event: KeyboardEvent) {
    // An Escape that ends the composition of an input method does not close the form.
    if (event.key === "Escape" && !event.nativeEvent.isComposing && (note || !isSubmitting)) close();
  }

  return (
    <form
      noValidate
      aria-label="Edit profile"
      className="pt-2"
      onSubmit={isSubmitting ? (event) => event.preventDefault() : submit}
      onKeyDown={closeOnEscape}
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
            aria-disabled={isSubmitting && !note}
            onClick={() => (isSubmitting && !note) || close()}
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
