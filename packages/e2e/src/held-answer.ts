import { join } from "node:path";
import { PassThrough } from "node:stream";

/**
 * Begins to write an answer into a message of the floor-plan app, as the app's own job does, but piece by piece as the
 * test says.
 *
 * @param folder the folder of the app
 * @param links the links of the running stack
 * @param id the message
 */
export async function holdAnswer(folder: string, links: Readonly<Record<string, string>>, id: string) {
  Object.assign(process.env, links);
  const core = join(folder, "packages/core/src");
  const { messageText } = await import(join(core, "message-chunk/answer.ts"));
  const { streamText }: typeof import("@tracer/core/text-stream/text-stream") = await import(
    join(core, "text-stream/text-stream.ts")
  );
  const pieces = new PassThrough({ objectMode: true });
  const written = streamText(messageText, id, () => pieces);
  return {
    add: (piece: string) => void pieces.write(piece),
    /** Ends the answer. Resolves with the whole text when the text is in its row. */
    end: () => {
      pieces.end();
      return written;
    },
  };
}
