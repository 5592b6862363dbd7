import {
  DeleteObjectsCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { isPictureName, typeOfPicture } from "~/lib/server/pictures/picture-name";
import type { PictureStore, S3Place } from "~/lib/server/pictures/picture-store";

/** How long S3 may take to let a connection in, and to answer, in milliseconds. */
const patience = { connectionTimeout: 2_000, requestTimeout: 5_000, throwOnRequestTimeout: true };

/** Keeps pictures in a bucket of S3, with the rights that the app's own role has. */
export function s3Store({ bucket, region }: S3Place): PictureStore {
  const client = new S3Client({ region, requestHandler: patience });
  const place = { Bucket: bucket };
  const keyOf = (owner: string, name: string) => `${owner}/${name}`;
  return {
    async put(owner, name, bytes) {
      const file = { Key: keyOf(owner, name), Body: bytes, ContentType: typeOfPicture(name) };
      await client.send(new PutObjectCommand({ ...place, ...file }));
    },
    async get(owner, name) {
      try {
        const { Body } = await client.send(new GetObjectCommand({ ...place, Key: keyOf(owner, name) }));
        return Body && new Uint8Array(await Body.transformToByteArray());
      } catch (error) {
        if (error instanceof NoSuchKey) return undefined;
        throw error;
      }
    },
    async list(owner) {
      // The app keeps a handful of pictures for each person, and S3 lists a thousand at a time.
      const { Contents = [] } = await client.send(
        new ListObjectsV2Command({ ...place, Prefix: `${owner}/` }),
      );
      const names = Contents.map(({ Key = "" }) => Key.slice(owner.length + 1));
      return names.filter(isPictureName).sort();
    },
    async remove(owner, names) {
      if (names.length === 0) return;
      const Objects = names.map((name) => ({ Key: keyOf(owner, name) }));
      const { Errors = [] } = await client.send(
        new DeleteObjectsCommand({ ...place, Delete: { Objects, Quiet: true } }),
      );
      if (Errors.length > 0)
        throw new Error(`S3 did not delete ${Errors.length} pictures: ${Errors[0]?.Code}.`);
    },
  };
}
