import { eq, useLiveQuery } from "@tanstack/react-db";
import { useRef } from "react";
import { nextShown, type ShownText, type StreamedRow, type TextChunk } from "~/lib/sync/streamed-text";
import type { SyncedCollection } from "~/lib/sync/synced-collection";
import type { SyncedRow } from "~/lib/sync/synced-row";

/** A piece, whose other columns include the id of its row. */
type ChunkRow = SyncedRow & TextChunk;

/** The pieces as the query sees them: `of` stands for the column that names the row. */
type QueriedChunk = SyncedRow & TextChunk & { of: string };

/**
 * Returns the text of a row as far as it is written, live while a server job writes it with `streamText`.
 *
 * @param chunks the collection of the pieces
 * @param of the column of the pieces that names the row, such as `messageId`
 */
export function useStreamedText<Chunk extends ChunkRow>(
  row: StreamedRow,
  chunks: SyncedCollection<Chunk>,
  of: keyof Chunk & string,
): string {
  const isStreaming = row.state === "streaming";
  // Only a text that is being written has pieces. All other texts of a page need no query.
  const { data = [] } = useLiveQuery((query) =>
    isStreaming
      ? query
          .from({ chunk: chunks as unknown as SyncedCollection<QueriedChunk> })
          .where(({ chunk }) => eq(chunk[of as "of"], row.id))
          .orderBy(({ chunk }) => chunk.position)
      : undefined,
  );
  // A render that React throws away may leave a longer text here. That text is as true: the text only grows.
  const shown = useRef<ShownText>(undefined);
  shown.current = nextShown(shown.current, row, data);
  return shown.current.text;
}
