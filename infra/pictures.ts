import { isProduction } from "./stage.ts";

/**
 * The pictures that people upload. Nobody but the app reads the bucket: the app serves a picture itself, to people who are
 * signed in. SST keeps the bucket of production when the stage is removed.
 */
const bucket = new sst.aws.Bucket("PictureBucket", {
  // SST would let the pages of every site read the bucket.
  cors: false,
  transform: { bucket: { forceDestroy: !isProduction } },
});

/** What the app may do with the bucket, and nothing else. */
export const picturesRights = [
  {
    actions: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
    resources: [$interpolate`${bucket.arn}/*`],
  },
  // Lists a person's pictures, and tells a missing picture from a forbidden one.
  { actions: ["s3:ListBucket"], resources: [bucket.arn] },
];

/** Where the app keeps pictures. A link to SST's bucket itself would bring the right to do everything with the bucket. */
export const pictures = new sst.Linkable("Pictures", {
  properties: { url: $interpolate`s3://${bucket.name}?region=us-east-1` },
  include: picturesRights.map((right) => sst.aws.permission(right)),
});
