/** A piece of a text that is being written. `position` is where the piece begins in the text, in UTF-16 units. */
export interface TextChunk {
  readonly position: number;
  readonly text: string;
}

/** The row of a text that may arrive in pieces. */
export interface StreamedRow {
  readonly id: string;
  readonly text: string;
  readonly state: "streaming" | "complete" | "broken";
}

/**
 * Joins a text with the pieces that follow. The text and its pieces arrive through different shapes, so a piece may be a
 * part of the text already, or still there after the text has taken it in: such a piece is left out. Behind a missing
 * piece the text ends.
 *
 * @param chunks in the order of their positions
 */
export function joinChunks(text: string, chunks: readonly TextChunk[]): string {
  const parts = [text];
  let end = text.length;
  for (const chunk of chunks) {
    if (chunk.position > end) break;
    if (chunk.position < end) continue;
    parts.push(chunk.text);
    end += chunk.text.length;
  }
  return parts.join("");
}

/** A text as a page has shown it. */
export interface ShownText {
  /** The id of the text's row. */
  readonly id: string;
  readonly text: string;
}

/**
 * Returns the text to show. A text that is being written only grows: when the pieces go before the row brings the whole
 * text, the page goes on to show what it has shown.
 *
 * @param before what the page shows now
 */
export function nextShown(
  before: ShownText | undefined,
  { id, text, state }: StreamedRow,
  chunks: readonly TextChunk[],
): ShownText {
  if (state !== "streaming") return { id, text };
  const joined = joinChunks(text, chunks);
  return before?.id === id && before.text.startsWith(joined) ? before : { id, text: joined };
}
