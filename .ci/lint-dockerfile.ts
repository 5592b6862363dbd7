import { DockerfileParser } from "dockerfile-ast";
import { validate } from "dockerfile-utils";

/**
 * Lints a Dockerfile: its syntax, and what this project wants of an image.
 *
 * @returns a sentence for each problem, none when all is well
 */
export function lintDockerfile(text: string): string[] {
  const file = DockerfileParser.parse(text);
  const problems = validate(text).map(({ range, message }) => `line ${range.start.line + 1}: ${message}`);
  const stages = new Set<string | null>();
  for (const from of file.getFROMs()) {
    // The digest is what is built. The tag tells people and Dependabot which version the digest is.
    if (!stages.has(from.getImage()) && !/:[^:@]*\d[^:@]*@sha256:[0-9a-f]{64}$/.test(from.getImage() ?? ""))
      problems.push(`The image ${from.getImage()} is not pinned by version and digest.`);
    stages.add(from.getBuildStage());
  }
  const last = file.getFROMs().at(-1)?.getRange().start.line ?? 0;
  const final = file.getInstructions().filter((instruction) => instruction.getRange().start.line > last);
  const user = final.findLast((instruction) => instruction.getKeyword() === "USER")?.getArgumentsContent();
  if (!user || /^(?:root|0)(?::|$)/.test(user)) problems.push("The image runs as root.");
  // An image for arm is also built on other machines, which cannot run a program for arm.
  if (final.some((instruction) => instruction.getKeyword() === "RUN"))
    problems.push("The last stage runs a command, which a builder with another processor cannot run.");
  if (!final.some((instruction) => instruction.getKeyword() === "HEALTHCHECK"))
    problems.push("The image has no health check.");
  return problems;
}
