import { uploadedPicture } from "@tracer/core/auth/picture-address";
import { type ComponentType, useEffect, useRef, useState } from "react";
import { loadLater } from "~/lib/load-later";
import { encodePicture, middleOf, type Square } from "./encode-picture";
import type { PictureCrop } from "./picture-crop";
import { NotUploaded, uploadPicture } from "./upload-picture";

/** Loads the code for the crop, which only people with a new picture need. */
const loadCrop = loadLater(() => import("./picture-crop"));

/** A file that the person has chosen, and that the browser has read as a picture. */
interface Chosen {
  readonly source: string;
  readonly image: HTMLImageElement;
  readonly Crop: ComponentType<Parameters<typeof PictureCrop>[0]>;
}

/** The picture of the row stays, goes, or is replaced by a chosen one. */
type Choice = "kept" | "removed" | Chosen;

/** The greatest file that is read, in bytes, and the most pixels. A larger one would make a phone run out of memory. */
const largestFile = 30_000_000;
const mostPixels = 100_000_000;

/**
 * The state of the picture in the form of the profile. A chosen file stays in this tab until the person saves: neither the
 * outbox nor any storage of the browser ever holds the file.
 *
 * @param shown the address in the person's row
 */
export function usePicture(shown: string | null, userId: string) {
  const [choice, setChoice] = useState<Choice>("kept");
  const [problem, setProblem] = useState<string>();
  const square = useRef<Square>(undefined);
  const chosen = typeof choice === "object" ? choice : undefined;

  useEffect(() => chosen && (() => URL.revokeObjectURL(chosen.source)), [chosen]);

  function change(next: Choice) {
    square.current = undefined;
    setProblem(undefined);
    setChoice(next);
  }

  async function choose(file: File) {
    try {
      const { PictureCrop: Crop } = await loadCrop().catch(() => {
        throw new Unreadable(
          "The server cannot be reached, and a picture needs the server. Try again in a moment.",
        );
      });
      change({ ...(await pictureIn(file)), Crop });
    } catch (error) {
      setProblem(error instanceof Unreadable ? error.message : unreadable);
    }
  }

  /**
   * Uploads the picture if there is a new one.
   *
   * @returns the address for the row
   * @throws NotUploaded after the problem has been shown, or the reason of the abort
   */
  async function address(until: AbortSignal): Promise<string | null> {
    if (choice === "kept") return shown;
    if (choice === "removed") return null;
    setProblem(undefined);
    try {
      const blob = await encodePicture(choice.image, square.current ?? middleOf(choice.image));
      return await uploadPicture(blob, userId, until);
    } catch (error) {
      if (error instanceof NotUploaded) setProblem(error.message);
      else if (!until.aborted) setProblem(unreadable);
      throw error;
    }
  }

  return {
    choose,
    address,
    problem,
    chosen,
    isChanged: choice !== "kept",
    isRemoved: choice === "removed",
    /** Whether the row names a picture of another site, which no page shows. */
    isForeign: shown !== null && uploadedPicture(shown) === undefined,
    hasPicture: shown !== null,
    remove: () => change("removed"),
    keep: () => change("kept"),
    setSquare: (next: Square) => {
      square.current = next;
    },
  };
}

export type Picture = ReturnType<typeof usePicture>;

const unreadable = "This file is no picture that your browser can read. Choose another one.";

/** A file cannot be used. The message is for the person. */
class Unreadable extends Error {}

async function pictureIn(file: File): Promise<Pick<Chosen, "source" | "image">> {
  if (file.size > largestFile) throw new Unreadable("This file is too big: at most 30 MB.");
  const source = URL.createObjectURL(file);
  try {
    const image = new Image();
    image.src = source;
    await image.decode();
    if (image.naturalWidth * image.naturalHeight > mostPixels)
      throw new Unreadable("This picture has too many pixels: at most 100 million.");
    return { source, image };
  } catch (error) {
    URL.revokeObjectURL(source);
    throw error;
  }
}
