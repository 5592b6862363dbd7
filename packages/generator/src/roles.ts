import { Refusal } from "./refusal.ts";

/**
 * Reads the roles of a memberships table such as `viewer|editor|owner`, from the least to the most.
 *
 * @throws Refusal when there are fewer than two, or a word cannot be a role
 */
export function parseRoles(text: string): string[] {
  const words = text.split("|").map((word) => word.trim());
  if (words.some((word) => !/^[a-z][a-z0-9-]*$/.test(word)) || new Set(words).size < words.length) {
    throw new Refusal(
      `"${text}": roles are different words in lower case, from the least to the most: "viewer|editor|owner".`,
    );
  }
  if (words.length < 2)
    throw new Refusal('One role alone decides nothing. Say at least two: "member|owner".');
  return words;
}
