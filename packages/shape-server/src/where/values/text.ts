/** Compares as the bytes of UTF-8 do, which is by code point: JavaScript's own order differs above U+FFFF. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)];
    if (x !== y) return rank(x) - rank(y);
  }
  return a.length - b.length;
}

/** Surrogates stand for code points above all others. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

/** Upper and lower case by the simple mapping, one character for one, as Postgres maps (`ß` stays). */
export function upper(text: string): string {
  return mapped(text, (char) => WITH_IOTA.get(char) ?? char.toUpperCase());
}

export function lower(text: string): string {
  return mapped(text, (char) => (char === "\u0130" ? "i" : char.toLowerCase()));
}

/** Greek letters with iota below: JavaScript writes the iota as a letter of its own, the simple mapping does not. */
const WITH_IOTA = new Map<string, string>();
for (const start of [0x1f80, 0x1f90, 0x1fa0]) {
  for (let i = start; i < start + 8; i++) WITH_IOTA.set(String.fromCodePoint(i), String.fromCodePoint(i + 8));
}
for (const code of [0x1fb3, 0x1fc3, 0x1ff3])
  WITH_IOTA.set(String.fromCodePoint(code), String.fromCodePoint(code + 9));

const ASCII = /^[\0-\x7f]*$/;

function mapped(text: string, map: (char: string) => string): string {
  if (ASCII.test(text)) return map(text);
  let result = "";
  for (const char of text) {
    const other = map(char);
    result += [...other].length === 1 ? other : char;
  }
  return result;
}
