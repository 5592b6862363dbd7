/** What a reader of a format finds: the size in pixels, and the file without metadata. */
export interface ReadPicture {
  readonly width: number;
  readonly height: number;
  readonly bytes: Uint8Array;
}

/** A file is no picture that the app keeps. The message is written for the person who has chosen the file. */
export class UnfitPicture extends Error {
  override name = "UnfitPicture";
  /** The status of the refusal. */
  readonly status: 400 | 413 | 415;

  constructor(message: string, status: UnfitPicture["status"] = 400) {
    super(message);
    this.status = status;
  }
}

/** The refusal of a file whose bytes do not follow the format. */
export const malformed = () => new UnfitPicture("This file is damaged, or is no picture.");
