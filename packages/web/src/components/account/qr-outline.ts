import { generate } from "lean-qr";
import { toSvgPath } from "lean-qr/extras/svg";

/** Makes the outline of a QR code: the `d` of an SVG path, and the length of a side, in modules. */
export function qrOutline(text: string): { path: string; size: number } {
  const code = generate(text);
  return { path: toSvgPath(code), size: code.size };
}
