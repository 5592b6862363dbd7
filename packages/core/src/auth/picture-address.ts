/** The path below which the app serves the pictures that people have uploaded. */
export const picturePath = "/api/picture/";

/** The address of an uploaded picture: the id of the owner, then the name: the time, a random part and the type. */
const uploaded = /^\/api\/picture\/([\w-]{1,64})\.([\da-z]{9}-[\w-]{22}\.(?:webp|jpg))$/;

/** An uploaded picture, as its address tells. */
export interface UploadedPicture {
  /** The id of the person who has uploaded the picture. */
  readonly owner: string;
  readonly name: string;
}

/** Reads the address of an uploaded picture. Undefined for any other address. */
export function uploadedPicture(address: string): UploadedPicture | undefined {
  const [, owner, name] = uploaded.exec(address) ?? [];
  return owner && name ? { owner, name } : undefined;
}
