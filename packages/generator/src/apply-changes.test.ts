import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { applyChanges } from "./apply-changes.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tracer-apply-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, "kept.ts"), "before");
  await writeFile(join(folder, "gone.ts"), "before");
});

const everything = async () => {
  const files = (await readdir(folder, { recursive: true })).sort();
  return Promise.all(
    files.map(async (file) => [file, await readFile(join(folder, file), "utf8").catch(() => "folder")]),
  );
};

test("creates, changes and deletes files, and their folders", async () => {
  await applyChanges(folder, [
    { path: "new/folder/file.ts", after: "new" },
    { path: "kept.ts", before: "before", after: "after" },
    { path: "gone.ts", before: "before" },
  ]);
  expect(await everything()).toEqual([
    ["kept.ts", "after"],
    ["new", "folder"],
    ["new/folder", "folder"],
    ["new/folder/file.ts", "new"],
  ]);
});

test("a failure half-way undoes what was written", async () => {
  const before = await everything();
  const changes = [
    { path: "new/file.ts", after: "new" },
    { path: "kept.ts", before: "before", after: "after" },
    { path: "gone.ts", before: "before" },
    // No folder can be made where a file is.
    { path: "kept.ts/file.ts", after: "new" },
  ];
  await expect(applyChanges(folder, changes)).rejects.toThrow(/ENOTDIR|EEXIST/);
  expect(await everything()).toEqual(before);
});

test("a file that can be neither written nor restored does not keep the others from being undone", async () => {
  const before = await everything();
  const changes = [
    { path: "new/file.ts", after: "new" },
    { path: "kept.ts", before: "before", after: "after" },
    { path: "fixed.ts", before: "before", after: "after" },
    { path: "gone.ts", before: "before" },
  ];
  const put = async (file: string, text: string) => {
    if (file.endsWith("fixed.ts")) throw new Error("read-only");
    await writeFile(file, text);
  };
  await writeFile(join(folder, "fixed.ts"), "before");
  await expect(applyChanges(folder, changes, put)).rejects.toThrow("read-only");
  await rm(join(folder, "fixed.ts"));
  expect(await everything()).toEqual(before);
});

test("names the files that it could not restore", async () => {
  let written = 0;
  const put = async (file: string, text: string) => {
    if (++written > 1) throw new Error("the disk is full");
    await writeFile(file, text);
  };
  const changes = [
    { path: "kept.ts", before: "before", after: "after" },
    { path: "new.ts", after: "new" },
  ];
  await expect(applyChanges(folder, changes, put)).rejects.toThrow(/could not be restored: kept\.ts/);
});

test("refuses to overwrite a file that was changed in the meantime", async () => {
  const before = await everything();
  const changes = [
    { path: "new.ts", after: "new" },
    { path: "kept.ts", before: "as it was then", after: "after" },
  ];
  await expect(applyChanges(folder, changes)).rejects.toThrow(/kept\.ts was changed while this command ran/);
  await expect(applyChanges(folder, [{ path: "gone.ts", after: "new" }])).rejects.toThrow(
    /gone\.ts was changed/,
  );
  expect(await everything()).toEqual(before);
});
