import { execFileSync } from "node:child_process";
import { chmodSync, chownSync, cpSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join, matchesGlob } from "node:path";
import { Copy, DockerfileParser, Env, From, type Instruction, JSONInstruction } from "dockerfile-ast";

/** What the last stage of a Dockerfile says about the process of a container. */
export interface Image {
  /** The folder that stands for the root of the image's file system. It lacks what the base image brings. */
  readonly root: string;
  /** The working folder of the process, within the image. */
  readonly workdir: string;
  readonly env: Readonly<Record<string, string>>;
  readonly user: string;
  readonly entrypoint: readonly string[];
}

/** One stage while it is built. */
interface Stage {
  root: string;
  workdir: string;
  env: Record<string, string>;
  user: string;
  entrypoint: string[];
}

/**
 * Builds a Dockerfile without Docker: follows its instructions in empty folders, one for each stage. Commands run on this
 * machine, with a PATH that stands for the base image. An instruction that this function does not know is an error, so
 * that a Dockerfile cannot say more than is tested.
 *
 * @param options.context the repository. Only files that git knows and `.dockerignore` leaves are part of the build
 * @param options.into an empty folder
 * @param options.path the PATH of the commands: the folder of a Node like that of the base image comes first
 */
export function buildImage(options: { context: string; into: string; path: string }): Image {
  const file = DockerfileParser.parse(readFileSync(join(options.context, "Dockerfile"), "utf8"));
  const stages = new Map<string, Stage>();
  let stage: Stage | undefined;
  for (const instruction of file.getInstructions()) {
    if (instruction instanceof From) {
      const name = instruction.getBuildStage() ?? "final";
      stage = { root: join(options.into, name), workdir: "/", env: {}, user: "root", entrypoint: [] };
      mkdirSync(stage.root, { recursive: true });
      stages.set(name, stage);
    } else if (stage) {
      follow(instruction, stage, stages, options);
    }
  }
  if (!stage) throw new Error("The Dockerfile has no stage.");
  return stage;
}

function follow(
  instruction: Instruction,
  stage: Stage,
  stages: ReadonlyMap<string, Stage>,
  { context, path }: { context: string; path: string },
): void {
  const words = instruction.getArguments().map((argument) => argument.getValue());
  if (instruction instanceof Copy) {
    const flag = (name: string) =>
      instruction
        .getFlags()
        .find((one) => one.getName() === name)
        ?.getValue();
    const from = flag("from");
    copy(words, stage, from ? stages.get(from)?.root : context, from === undefined);
    const owner = flag("chown");
    if (owner && from) own(words, stage, stages.get(from)?.root ?? "", owner);
    return;
  }
  if (instruction instanceof Env) {
    for (const property of instruction.getProperties())
      stage.env[property.getName()] = property.getValue() ?? "";
    return;
  }
  switch (instruction.getKeyword()) {
    case "WORKDIR":
      stage.workdir = words[0] ?? "/";
      mkdirSync(join(stage.root, stage.workdir), { recursive: true });
      return;
    case "RUN":
      execFileSync("/bin/sh", ["-c", instruction.getArgumentsContent() ?? ""], {
        cwd: join(stage.root, stage.workdir),
        env: { ...ofThisMachine(), ...stage.env, PATH: path },
        stdio: ["ignore", "ignore", "inherit"],
      });
      return;
    case "USER":
      stage.user = words[0] ?? "";
      return;
    case "ENTRYPOINT":
      if (instruction instanceof JSONInstruction)
        stage.entrypoint = instruction.getJSONStrings().map((text) => text.getJSONValue());
      return;
    case "CMD":
    case "EXPOSE":
    case "HEALTHCHECK":
      return;
    default:
      throw new Error(`The test does not know the instruction ${instruction.getKeyword()}.`);
  }
}

/** The environment of this machine, by which npm finds its registry, without what npm and Vitest say of this run. */
function ofThisMachine(): NodeJS.ProcessEnv {
  const ofThisRun =
    /^(?:npm_config_local_prefix$|npm_package_|npm_lifecycle_|INIT_CWD$|NODE_ENV$|VITEST|TEST$|MODE$|DEV$|PROD$|SSR$|BASE_URL$)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !ofThisRun.test(name)));
}

/** Copies as Docker does: the content of a folder, or a file into a folder when the target ends with a slash. */
function copy(words: readonly string[], stage: Stage, source: string | undefined, ofContext: boolean): void {
  if (!source) throw new Error("COPY names a stage that does not exist.");
  const target = join(stage.root, stage.workdir, words.at(-1) ?? "");
  for (const from of words.slice(0, -1)) {
    const path = join(source, from);
    if (ofContext && from === ".") {
      for (const file of contextFiles(source)) cpSync(join(source, file), join(target, file));
    } else if (statSync(path).isDirectory()) {
      cpSync(path, target, { recursive: true });
    } else {
      cpSync(path, target.endsWith("/") ? join(target, basename(path)) : target);
    }
  }
}

/** Gives what was copied out of folders to an owner. Docker keeps the modes, and `cpSync` does not. */
function own(words: readonly string[], stage: Stage, source: string, owner: string): void {
  const [user = 0, group = user] = owner.split(":").map(Number);
  for (const from of words.slice(0, -1)) {
    for (const name of readdirSync(join(source, from), { recursive: true, encoding: "utf8" })) {
      const copied = join(stage.root, stage.workdir, words.at(-1) ?? "", name);
      chmodSync(copied, statSync(join(source, from, name)).mode);
      chownSync(copied, user, group);
    }
  }
}

/** The files of the repository that Docker would send to the build. */
function contextFiles(context: string): string[] {
  const ignored = ignorePatterns(readFileSync(join(context, ".dockerignore"), "utf8"));
  const tracked = execFileSync("git", ["ls-files", "-z"], { cwd: context, encoding: "utf8" });
  return tracked
    .split("\0")
    .filter((path) => path !== "" && !ignored.some((pattern) => matchesGlob(path, pattern)));
}

/** The patterns of a `.dockerignore`. A folder stands for all that is in it. */
export function ignorePatterns(text: string): string[] {
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return lines.map((line) => (line.endsWith("/") ? `${line}**` : line));
}
