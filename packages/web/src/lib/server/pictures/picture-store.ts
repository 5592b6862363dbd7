/** Keeps the files of pictures. A name is one that `newPictureName` has made: the newest name of an owner sorts last. */
export interface PictureStore {
  /** Keeps a new picture of an owner. */
  put(owner: string, name: string, bytes: Uint8Array): Promise<void>;
  /** Returns a picture of an owner. Undefined when there is none of this name. */
  get(owner: string, name: string): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** Lists the names of all pictures of an owner, the oldest first. */
  list(owner: string): Promise<string[]>;
  /** Deletes pictures of an owner. A picture that is gone already is no failure. */
  remove(owner: string, names: readonly string[]): Promise<void>;
}

/** A bucket of S3. */
export interface S3Place {
  readonly bucket: string;
  readonly region: string;
}

/** Where pictures are kept. */
export type StorePlace =
  | { readonly kind: "folder"; readonly path: string }
  | ({ readonly kind: "s3" } & S3Place);
