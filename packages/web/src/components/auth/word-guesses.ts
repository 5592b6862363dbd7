/** About how many words of a language people choose from. */
const commonWords = 10_000;

/** How many letters such a word has at most. Letters beyond these count as chosen by chance. */
const longestWord = 8;

/** A letter and the small letters behind it, or signs that are no letters. A capital within a word begins another word. */
const parts = /\p{L}\p{Ll}*|[^\p{L}]+/gu;

/** One sign between two words, such as a space. Whoever tries words tries these signs first. */
const separators = /(?<=\p{L}{3})[^\p{L}](?=\p{L}{3})/gu;

/**
 * Estimates how many guesses a password takes somebody who tries words, with digits and signs between them. Every run of
 * letters counts as a word, since no list of words is small enough for a page. Each other sign counts as ten guesses, and one sign between two words as none.
 */
export function wordGuesses(password: string): number {
  const separated = password.match(separators)?.length ?? 0;
  const guesses = (password.match(parts) ?? []).map(guessesOf);
  return guesses.reduce((product, each) => product * each, 1) / 10 ** separated;
}

function guessesOf(part: string): number {
  const { length } = [...part];
  const byChance = 10 ** length;
  if (!/\p{L}/u.test(part)) return byChance;
  return Math.min(byChance, commonWords * 10 ** Math.max(0, length - longestWord));
}

/** The scores of zxcvbn: how many guesses each score above 0 takes. */
const steps = [1e3, 1e6, 1e8, 1e10];

/** Turns a number of guesses into a score from 0 to 4. A password at a step has not reached the step's score. */
export function scoreOf(guesses: number): number {
  return steps.filter((step) => guesses > step).length;
}
