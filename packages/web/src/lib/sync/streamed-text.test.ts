import fc from "fast-check";
import { expect, test } from "vitest";
import { nextShown, type ShownText, type StreamedRow, type TextChunk } from "./streamed-text";

/** The row and the pieces at one moment, as the database holds them. */
interface Moment {
  row: StreamedRow;
  chunks: TextChunk[];
}

/** What the database holds while writers write a text one after the other. Every writer but the last one breaks off. */
function momentsOf(writers: string[][]): Moment[] {
  const id = "message-1";
  let row: StreamedRow = { id, text: "", state: "complete" };
  const moments: Moment[] = [];
  for (const [index, pieces] of writers.entries()) {
    row = { ...row, state: "streaming" };
    moments.push({ row, chunks: [] });
    const chunks: TextChunk[] = [];
    let position = row.text.length;
    for (const text of pieces) {
      chunks.push({ position, text });
      position += text.length;
      moments.push({ row, chunks: [...chunks] });
    }
    const state = index === writers.length - 1 ? "complete" : "broken";
    row = { ...row, text: row.text + pieces.join(""), state };
    moments.push({ row, chunks: [] });
  }
  return moments;
}

const piece = fc.string({ minLength: 1, maxLength: 5 });
const writers = fc.array(fc.array(piece, { maxLength: 6 }), { minLength: 1, maxLength: 3 });

function at(moments: Moment[], index: number): Moment {
  const moment = moments[index];
  if (!moment) throw new Error("There is no such moment.");
  return moment;
}

test("a text that is being written only grows, and ends whole, however far its row and its pieces are behind each other", () => {
  fc.assert(
    fc.property(writers, fc.infiniteStream(fc.nat(2)), (texts, choices) => {
      const moments = momentsOf(texts);
      const whole = texts.flat().join("");
      const last = moments.length - 1;
      let [ofRow, ofChunks] = [0, 0];
      let shown: ShownText | undefined;
      while (ofRow < last || ofChunks < last) {
        const { value: choice } = choices.next();
        if (choice !== 1 && ofRow < last) ofRow++;
        if (choice !== 0 && ofChunks < last) ofChunks++;
        const before = shown?.text ?? "";
        const { row } = at(moments, ofRow);
        shown = nextShown(shown, row, at(moments, ofChunks).chunks);
        expect(whole.startsWith(shown.text)).toBe(true);
        if (row.state === "streaming") expect(shown.text.startsWith(before)).toBe(true);
      }
      expect(shown?.text ?? "").toBe(moments.length > 1 ? whole : "");
    }),
    { numRuns: 2_000 },
  );
});

test("behind a missing piece the text ends", () => {
  const row: StreamedRow = { id: "m", text: "so ", state: "streaming" };
  const chunks = [
    { position: 3, text: "far" },
    { position: 8, text: "away" },
  ];
  expect(nextShown(undefined, row, chunks).text).toBe("so far");
});

test("a shorter text of another row, or of a text that nobody writes, is shown as it is", () => {
  const row: StreamedRow = { id: "m", text: "a long text", state: "streaming" };
  const before = nextShown(undefined, row, []);
  expect(nextShown(before, { ...row, text: "a long", state: "complete" }, []).text).toBe("a long");
  expect(nextShown(before, { ...row, id: "n", text: "a long" }, []).text).toBe("a long");
  expect(nextShown(before, { ...row, text: "another" }, []).text).toBe("another");
});
