const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** Gives the first letters of the first and the last word of a name, or "?" for an empty name. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/u);
  const ends = words.length > 1 ? [words[0], words.at(-1)] : words;
  // Graphemes keep an emoji, or a letter with its combining marks, whole.
  const letters = ends.map((word) => [...graphemes.segment(word ?? "")][0]?.segment ?? "");
  return letters.join("").toLocaleUpperCase() || "?";
}
