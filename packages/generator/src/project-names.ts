import { Refusal } from "./refusal.ts";

/** The project's name, in each form in which files spell the name. */
export interface ProjectNames {
  /** In kebab-case, for packages, the database and the data folder: `acme-tools`. */
  readonly name: string;
  /** In titles and in prose: `Acme Tools`. */
  readonly title: string;
  /** In environment variables: `ACME_TOOLS`. */
  readonly variable: string;
}

/** Postgres and AWS cut or refuse longer names, once a stage and a resource are added. */
const maxLength = 30;

/**
 * Derives the forms of a project's name.
 *
 * @param name in kebab-case
 * @throws Refusal when the name does not work as the scope of a package
 */
export function projectNames(name: string): ProjectNames {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) {
    throw new Refusal(
      `The name "${name}" must be in kebab-case: lower-case letters and digits, words joined by one hyphen, a letter first.`,
    );
  }
  if (name.length > maxLength) throw new Refusal(`"${name}" has more than ${maxLength} characters.`);
  const words = name.split("-").map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return { name, title: words.join(" "), variable: name.toUpperCase().replaceAll("-", "_") };
}

/**
 * Puts one project's name in the place of another's, form by form. A "tracer bullet" is no name, but the way in which the
 * project was built.
 */
export function withName(text: string, from: ProjectNames, to: ProjectNames): string {
  const forms = new Map([
    [from.name, to.name],
    [from.title, to.title],
    [from.variable, to.variable],
  ]);
  const anyForm = new RegExp(`(?:${[...forms.keys()].join("|")})(?! bullet)`, "g");
  return text.replace(anyForm, (found) => forms.get(found) ?? found);
}
