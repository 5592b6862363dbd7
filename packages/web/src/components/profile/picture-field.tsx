import ImageUp from "lucide-react/icons/image-up";
import { type ComponentProps, useId, useRef } from "react";
import { Button } from "../ui/button";
import type { Picture } from "./use-picture";

interface PictureFieldProps {
  picture: Picture;
  /** True while the form is being saved. */
  readOnly: boolean;
}

/** Chooses, crops and removes the picture. The form around the field takes files that are dropped or pasted. */
export function PictureField({ picture, readOnly }: PictureFieldProps) {
  const { chosen, problem } = picture;
  const id = useId();
  const file = useRef<HTMLInputElement>(null);
  const chooseButton = useRef<HTMLButtonElement>(null);

  function act(change: () => void) {
    if (readOnly) return;
    change();
    // The button that was pressed may go, and would take the focus out of the form.
    chooseButton.current?.focus();
  }

  return (
    <fieldset className="space-y-3" aria-describedby={`${id}-note`}>
      <legend className="text-sm font-medium">Picture</legend>
      {chosen ? (
        <chosen.Crop key={chosen.source} source={chosen.source} onSquare={picture.setSquare} />
      ) : null}
      <div className="flex flex-wrap gap-3">
        <input
          ref={file}
          type="file"
          accept="image/*"
          aria-label="Picture file"
          hidden
          onChange={({ target }) => {
            const [chosenFile] = target.files ?? [];
            if (chosenFile) void picture.choose(chosenFile);
            // The same file can be chosen again.
            target.value = "";
          }}
        />
        <SmallButton
          ref={chooseButton}
          aria-disabled={readOnly}
          onClick={() => act(() => file.current?.click())}
        >
          <ImageUp aria-hidden="true" />
          {chosen ? "Choose another picture" : "Choose a picture"}
        </SmallButton>
        {picture.hasPicture && !picture.isChanged ? (
          <SmallButton aria-disabled={readOnly} onClick={() => act(picture.remove)}>
            Remove picture
          </SmallButton>
        ) : null}
        {picture.isChanged ? (
          <SmallButton aria-disabled={readOnly} onClick={() => act(picture.keep)}>
            {picture.hasPicture ? "Keep the old picture" : "Leave the picture out"}
          </SmallButton>
        ) : null}
      </div>
      <p
        id={`${id}-note`}
        aria-live="polite"
        className={problem ? "text-sm font-medium text-danger" : "text-sm text-muted-foreground"}
      >
        {problem ?? hintFor(picture)}
      </p>
    </fieldset>
  );
}

function SmallButton(props: ComponentProps<typeof Button>) {
  return <Button type="button" variant="outline" size="small" {...props} />;
}

function hintFor({ chosen, isRemoved, isForeign }: Picture): string {
  if (chosen)
    return "Only this part is uploaded, when you save, and nothing that your camera wrote into the file.";
  if (isRemoved) return "Your initials will show in the place of the picture.";
  if (isForeign)
    return "Your picture is at another site, which could see who looks at the picture. So your initials show. Choose the picture as a file.";
  return "You can also drop a picture here, or paste one. Without a picture your initials show.";
}
