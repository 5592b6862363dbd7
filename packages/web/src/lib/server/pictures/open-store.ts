import type { PictureStore, StorePlace } from "~/lib/server/pictures/picture-store";

/** Opens the store at a place. The code for S3 is loaded only where the place is a bucket. */
export async function openStore(place: StorePlace): Promise<PictureStore> {
  if (place.kind === "folder")
    return (await import("~/lib/server/pictures/file-store")).fileStore(place.path);
  return (await import("~/lib/server/pictures/s3-store")).s3Store(place);
}
