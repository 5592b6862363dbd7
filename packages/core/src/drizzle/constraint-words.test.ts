import { index, pgTable, text, unique, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { expect, test } from "vitest";
import { constraintWords } from "./constraint-words.ts";

const shelf = pgTable("shelves", { id: uuid("id").primaryKey() });
const book = pgTable(
  "books",
  {
    id: uuid("id").primaryKey(),
    shelfId: uuid("shelf_id").references(() => shelf.id),
    isbn: text("isbn").unique(),
    title: text("title"),
    shortTitle: text("short_title"),
    note: text("note"),
  },
  (table) => [
    unique("books_shelf_id_title_unique").on(table.shelfId, table.title),
    uniqueIndex("books_short_title_idx").on(table.shortTitle),
    index("books_note_idx").on(table.note),
  ],
);

test("the message of a field belongs to the unique constraints and the foreign key of its column", () => {
  const messages = { isbn: "Taken.", shelfId: "No such shelf.", shortTitle: "Too like another." };
  expect(constraintWords(book, messages)).toEqual({
    books_isbn_unique: { field: "isbn", message: "Taken." },
    books_shelf_id_title_unique: { field: "shelfId", message: "No such shelf." },
    books_short_title_idx: { field: "shortTitle", message: "Too like another." },
    books_shelf_id_shelves_id_fk: { field: "shelfId", message: "No such shelf." },
  });
});

test("a constraint of several columns is told at the last field that has a message", () => {
  const words = constraintWords(book, { shelfId: "No such shelf.", title: "The shelf has this title." });
  expect(words.books_shelf_id_title_unique).toEqual({ field: "title", message: "The shelf has this title." });
  expect(words.books_shelf_id_shelves_id_fk).toEqual({ field: "shelfId", message: "No such shelf." });
});

test("a message that no constraint can cause is refused", () => {
  expect(() => constraintWords(book, { isbn: "Taken.", note: "Never." })).toThrow(/a value of: note/);
});
