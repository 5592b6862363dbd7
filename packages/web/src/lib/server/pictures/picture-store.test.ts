import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { startBucket } from "../../../../test/pictures/bucket";
import { openStore } from "./open-store";
import { storePlace } from "./picture-link";
import { isPictureName, newPictureName } from "./picture-name";
import type { PictureStore } from "./picture-store";

const bytes = (text: string) => new TextEncoder().encode(text);
const [ada, bob] = ["6f0e5c1a-0d5e-4b6b-9f57-2f6d3a1b7c88", "6f0e5c1a-0d5e-4b6b-9f57-2f6d3a1b7c8"];

let folder: string;
let bucket: Awaited<ReturnType<typeof startBucket>>;

beforeAll(async () => {
  folder = join(await mkdtemp(join(tmpdir(), "tracer-pictures-")), "made later");
  bucket = await startBucket("the-bucket");
  // The client of S3 reads these, as it reads the credentials of a function or a container.
  vi.stubEnv("AWS_ENDPOINT_URL_S3", bucket.url);
  vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await bucket[Symbol.asyncDispose]();
  await rm(join(folder, ".."), { recursive: true });
});

describe.each([
  ["a folder", () => pathToFileURL(folder).href],
  ["a bucket", () => "s3://the-bucket?region=eu-central-1"],
])("%s", (_place, address) => {
  let store: PictureStore;
  beforeAll(async () => {
    store = await openStore(storePlace(address()));
  });

  test("keeps pictures for each owner, and lists the oldest first", async () => {
    const names = [newPictureName("image/webp"), newPictureName("image/jpeg")];
    // Names of the same millisecond have no order.
    await vi.waitUntil(() => newPictureName("image/webp").slice(0, 9) > (names[1]?.slice(0, 9) ?? ""));
    names.push(newPictureName("image/webp"));
    for (const name of names.toReversed()) await store.put(ada, name, bytes(name));
    expect(await store.list(ada)).toEqual(names.toSorted());
    expect((await store.list(ada)).at(-1)).toBe(names[2]);
    expect(await store.get(ada, names[1] ?? "")).toEqual(bytes(names[1] ?? ""));
    expect(await store.list(bob)).toEqual([]);
    expect(await store.get(bob, names[1] ?? "")).toBe(undefined);
  });

  test("deletes pictures, also those that are gone already", async () => {
    const [first = "", ...rest] = await store.list(ada);
    await store.remove(bob, [first]);
    await store.remove(ada, []);
    expect(await store.list(ada)).toEqual([first, ...rest]);
    await store.remove(ada, [first]);
    await store.remove(ada, [first]);
    expect(await store.get(ada, first)).toBe(undefined);
    expect(await store.list(ada)).toEqual(rest);
  });
});

test("only the app's own user reads the files, and a write that fails leaves none behind", async () => {
  const store = await openStore(storePlace(pathToFileURL(folder).href));
  const name = newPictureName("image/webp");
  await store.put("owner", name, bytes("a picture"));
  const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);
  expect(await modeOf(folder)).toBe("700");
  expect(await modeOf(join(folder, "owner"))).toBe("700");
  expect(await modeOf(join(folder, "owner", name))).toBe("600");

  const taken = newPictureName("image/webp");
  await mkdir(join(folder, "owner", taken));
  await writeFile(join(folder, "owner", taken, "in the way"), "");
  await expect(store.put("owner", taken, bytes("a picture"))).rejects.toThrow();
  expect((await readdir(join(folder, "owner"))).sort()).toEqual([name, taken].sort());
});

test("a bucket is asked for the owner's pictures alone, and its failure is a failure", async () => {
  const store = await openStore(storePlace("s3://the-bucket?region=eu-central-1"));
  const name = newPictureName("image/webp");
  bucket.asked.length = 0;
  await store.put(bob, name, bytes("a picture"));
  await store.list(bob);
  await store.remove(bob, [name]);
  expect(bucket.asked).toEqual([
    ["PUT", `${bob}/${name}`],
    ["list", `${bob}/`],
    ["delete", `${bob}/${name}`],
  ]);
  bucket.fail(true);
  await expect(store.get(bob, name)).rejects.toThrow();
  bucket.fail(false);
});

test("a name tells nothing but the time, and no other text is a name", () => {
  expect(newPictureName("image/webp")).not.toBe(newPictureName("image/webp"));
  expect(isPictureName(newPictureName("image/jpeg"))).toBe(true);
  for (const text of ["../x.webp", "a.webp", `${newPictureName("image/webp")}.part`, ""])
    expect(isPictureName(text), text).toBe(false);
});

test.each(["", "/pictures", "https://example.com", "s3://bucket", "s3://?region=x"])(
  "%j is no place for pictures",
  (address) => {
    expect(() => storePlace(address)).toThrow("Link Pictures");
  },
);
