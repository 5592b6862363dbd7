import { fileURLToPath } from "node:url";
import { Resource } from "sst";
import type { StorePlace } from "~/lib/server/pictures/picture-store";

/**
 * Reads where pictures are kept from the url of the link `Pictures`: `file:///a/folder`, or `s3://bucket?region=name`.
 *
 * @throws Error that names what is wrong
 */
export function storePlace(address: string): StorePlace {
  const url = URL.parse(address);
  if (url?.protocol === "file:") return { kind: "folder", path: fileURLToPath(url) };
  const region = url?.searchParams.get("region");
  if (url?.protocol === "s3:" && url.hostname !== "" && region)
    return { kind: "s3", bucket: url.hostname, region };
  throw new Error("Link Pictures: its url is neither file:///folder nor s3://bucket?region=name.");
}

/** The place of the pictures. Undefined in a deployment that keeps no pictures. */
export const picturesPlace = "Pictures" in Resource ? storePlace(Resource.Pictures.url) : undefined;
