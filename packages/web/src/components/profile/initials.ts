const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** Up to two letters that stand for a name: the first of its first and of its last word; "?" for an empty one. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/u);
  const ends = words.length > 1 ? [words[0], words.at(-1)] : words;
  // By grapheme: an emoji, or a letter with its combining marks, is not cut in two.
  const letters = ends.map((word) => [...graphemes.segment(word ?? "")][0]?.segment ?? "");
  return letters.join("").toLocaleUpperCase() || "?";
}
