import { execFileSync, spawn, spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import {
  copyFileSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { roles } from "@tracer/core/drizzle/roles";
import getPort from "get-port";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from "vitest";
import { pictureFile } from "../../../packages/web/test/pictures/files.ts";
import { owner } from "../../container/roles.ts";
import { buildImage, type Image, ignorePatterns } from "./build-image.ts";

const repository = fileURLToPath(new URL("../../../", import.meta.url));
/** Building takes minutes, so only `npm run test:image` does this. */
const whole = process.env.IMAGE === "whole";

test("the build gets nothing that git ignores", () => {
  const ignored = readFileSync(join(repository, ".gitignore"), "utf8").split("\n").filter(Boolean);
  const patterns = ignorePatterns(readFileSync(join(repository, ".dockerignore"), "utf8"));
  expect(patterns).toEqual(
    expect.arrayContaining(ignored.map((line) => (line.endsWith("/") ? `**/${line}**` : `**/${line}`))),
  );
});

// The container's process runs as in a container: as another user, without a right of root, on a file system that nobody
// can write, and without the repository.
describe.runIf(whole)("the image", { timeout: 120_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), "tracer-image-"));
  const name = `image_${randomUUID().replaceAll("-", "")}`;
  const passwords = { OWNER_PASSWORD: "owner", APP_PASSWORD: "app", ELECTRIC_PASSWORD: "electric" };
  const origin = "http://app.example";
  const volume = join(folder, "volume");
  let image: Image;
  let settings: Record<string, string>;

  beforeAll(async () => {
    if (process.getuid?.() !== 0) throw new Error("This test mounts file systems, so it has to run as root.");
    const bin = join(folder, "bin");
    mkdirSync(bin);
    copyFileSync(process.execPath, join(bin, "node"));
    image = buildImage({ context: repository, into: folder, path: `${bin}:${process.env.PATH}` });
    execFileSync("chmod", ["755", folder]);
    // Docker makes a new volume with the owner and the mode of the image's folder.
    execFileSync("cp", ["--archive", join(image.root, image.workdir, "pictures"), volume]);
    await asAdmin(`create database ${name}`);
    settings = {
      ADMIN_DATABASE_URL: address(),
      ...passwords,
      ELECTRIC_REPLICATION_STREAM_ID: name,
      PORT: String(await getPort()),
    };
  }, 600_000);

  afterAll(async () => {
    await fetch(inject("shapeServersUrl"), { method: "DELETE", body: address(roles.electric, "electric") });
    await asAdmin(`drop database ${name} with (force)`);
    await asAdmin(`drop role ${owner}`);
    rmSync(folder, { recursive: true, force: true });
  });

  test("holds the built app and the migrations, and neither sources nor packages for development", () => {
    const files = globSync("**/*", { cwd: join(image.root, image.workdir) });
    expect(files).toEqual(
      expect.arrayContaining([
        "web/server/index.mjs",
        "container/main.mjs",
        "container/migrations/0000_auth.sql",
      ]),
    );
    const unwanted = /\.tsx?$|(?:^|\/)\.env|node_modules\/(?:vite|typescript|vitest|drizzle-kit)\//;
    expect(files.filter((file) => unwanted.test(file))).toEqual([]);
    const { mode, uid, gid } = statSync(join(image.root, image.workdir, "pictures"));
    expect([(mode & 0o777).toString(8), uid, gid]).toEqual(["700", 1000, 1000]);
    const [kilobytes = ""] = execFileSync("du", ["-sk", image.root], { encoding: "utf8" }).split("\t");
    expect(Number(kilobytes)).toBeLessThan(16_000);
  });

  test("says which settings it lacks", () => {
    const { status, stderr } = runToEnd("serve", {});
    expect(stderr).toContain("DATABASE_URL is not set.\nELECTRIC_URL is not set.\nAUTH_SECRET is not set.");
    expect(status).toBe(1);
  });

  test("prepares an empty database, and a prepared one again", () => {
    for (const run of [1, 2]) {
      const { status, stdout, stderr } = runToEnd("prepare", settings);
      expect(`${run}: ${stdout}${stderr}`).toBe(
        `${run}: The database has its roles and the newest schema.\n`,
      );
      expect(status).toBe(0);
    }
  });

  test("serves pages, signs a person up and reads the person's row through Electric, and ends when told", async () => {
    const electric = await fetch(inject("shapeServersUrl"), {
      method: "POST",
      body: address(roles.electric, "electric"),
    });
    const server = start("serve", {
      ...settings,
      DATABASE_URL: address(roles.app, "app"),
      ELECTRIC_URL: await electric.text(),
      AUTH_SECRET: "a-secret-of-this-test-that-is-long-enough",
      SITE_URL: origin,
      PICTURES_URL: pathToFileURL(join(image.root, image.workdir, "pictures")).href,
    });
    const ended = once(server, "exit");
    // A test that fails must not leave the server behind.
    onTestFinished(() => void server.kill("SIGKILL"));
    const site = `http://127.0.0.1:${settings.PORT}`;
    const page = await answerOf(site, server);
    expect(page.headers.get("content-type")).toContain("text/html");

    const signedUp = await fetch(`${site}/api/auth/sign-up/email`, {
      method: "POST",
      headers: { origin, "content-type": "application/json" },
      body: JSON.stringify({ name: "Ada", email: "ada@example.com", password: "a long password" }),
    });
    expect(signedUp.status).toBe(200);
    const cookie = signedUp.headers
      .getSetCookie()
      .map((line) => line.split(";")[0])
      .join("; ");
    const shape = await fetch(`${site}/api/users?offset=-1`, { headers: { cookie } });
    expect(shape.status).toBe(200);
    const rows = ((await shape.json()) as { value?: { email: string } }[]).flatMap(
      ({ value }) => value?.email ?? [],
    );
    expect(rows).toEqual(["ada@example.com"]);

    const uploaded = await fetch(`${site}/api/picture`, {
      method: "POST",
      headers: { origin, cookie, "content-type": "image/webp" },
      body: pictureFile("lossy.webp"),
    });
    expect(uploaded.status).toBe(201);
    const { address: picture } = (await uploaded.json()) as { address: string };
    expect((await fetch(site + picture, { headers: { cookie } })).headers.get("content-type")).toBe(
      "image/webp",
    );
    expect(readdirSync(volume)).toHaveLength(1);

    const health = await fetch(`${site}/api/health`, { redirect: "manual" });
    expect(runToEnd("health", settings).status).toBe(health.status === 200 ? 0 : 1);

    server.kill("SIGTERM");
    const [code, signal] = await ended;
    expect([0, "SIGTERM"]).toContain(signal ?? code);
  });

  /** The command line of a container of the image. Docker would make the same file system and the same user. */
  function container(command: string): [string, string[]] {
    const [uid = "", gid = uid] = image.user.split(":");
    const script = [
      "mount --make-rprivate /",
      `mount --bind ${folder} ${folder}`,
      `mount --bind ${volume} ${join(image.root, image.workdir, "pictures")}`,
      `mount -t tmpfs -o ro none ${repository}`,
      "mount -o remount,bind,ro /",
      `mount -o remount,bind,ro ${folder}`,
      `cd ${join(image.root, image.workdir)}`,
      `exec setpriv --reuid ${uid} --regid ${gid} --clear-groups --no-new-privs --bounding-set=-all "$@"`,
    ].join(" && ");
    return ["unshare", ["--mount", "/bin/sh", "-c", script, "sh", ...image.entrypoint, command]];
  }

  function environment(variables: Record<string, string>) {
    return { ...image.env, ...variables, PATH: `${join(folder, "bin")}:/usr/bin:/bin:/usr/sbin:/sbin` };
  }

  function runToEnd(command: string, variables: Record<string, string>) {
    return spawnSync(...container(command), {
      cwd: dirname(folder),
      env: environment(variables),
      encoding: "utf8",
      timeout: 60_000,
    });
  }

  function start(command: string, variables: Record<string, string>) {
    return spawn(...container(command), {
      cwd: dirname(folder),
      env: environment(variables),
      stdio: ["ignore", "ignore", "inherit"],
    });
  }

  function address(user?: string, password = ""): string {
    const url = new URL(inject("postgresUrl"));
    url.pathname = `/${name}`;
    if (user) Object.assign(url, { username: user, password });
    return url.href;
  }
});

/** Asks for a page until the server answers. */
async function answerOf(url: string, server: { exitCode: number | null }): Promise<Response> {
  for (;;) {
    const answer = await fetch(url, { headers: { accept: "text/html" }, redirect: "manual" }).catch(
      () => undefined,
    );
    if (answer) return answer;
    if (server.exitCode !== null) throw new Error(`The container ended with ${server.exitCode}.`);
    await new Promise((done) => setTimeout(done, 50));
  }
}

async function asAdmin(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: inject("postgresUrl") });
  await client.connect();
  await client.query(statement).finally(() => client.end());
}
