/**
 * Compares two texts by code point, which is the order of their bytes in UTF-8 and of Postgres' `C` collation.
 * JavaScript compares by UTF-16 unit, which differs for characters above U+FFFF.
 * @returns a number below, equal to or above 0
 */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)];
    if (x !== y) return unitRank(x) - unitRank(y);
  }
  return a.length - b.length;
}

/** Surrogates are halves of code points above U+FFFF, so they rank above all other units. */
function unitRank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

/** `upper(text)`. Postgres maps one character to one character, so that `ß` stays. */
export function upper(text: string): string {
  return mapCharacters(text, (char) => upperWithIota.get(char) ?? char.toUpperCase());
}

/** `lower(text)`, one character for one character as in `upper`. */
export function lower(text: string): string {
  return mapCharacters(text, (char) => (char === "\u0130" ? "i" : char.toLowerCase()));
}

/**
 * The upper case of Greek letters with a small iota below. JavaScript's upper case makes two letters of each, so the
 * mapping to one character needs this table.
 */
const upperWithIota = new Map<string, string>();
for (const start of [0x1f80, 0x1f90, 0x1fa0]) {
  for (let code = start; code < start + 8; code++)
    upperWithIota.set(String.fromCodePoint(code), String.fromCodePoint(code + 8));
}
for (const code of [0x1fb3, 0x1fc3, 0x1ff3])
  upperWithIota.set(String.fromCodePoint(code), String.fromCodePoint(code + 9));

const asciiOnly = /^[\0-\x7f]*$/;

function mapCharacters(text: string, map: (char: string) => string): string {
  if (asciiOnly.test(text)) return map(text);
  let result = "";
  for (const char of text) {
    const mapped = map(char);
    result += [...mapped].length === 1 ? mapped : char;
  }
  return result;
}
