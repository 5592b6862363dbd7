/** Where RFC 9116 puts the file. */
export const securityTxtPath = "/.well-known/security.txt";

/** How long the file may be believed, in days. RFC 9116 asks for less than a year. */
const days = 180;

/** The day on which this program was built. */
const builtAt = new Date(import.meta.env.TRACER_BUILT_AT ?? Date.now());

/**
 * Writes the file that tells whoever has found a vulnerability where to report the vulnerability, as RFC 9116 defines the
 * file. The file expires some time after the build, so that a project that nobody deploys any more promises nothing.
 *
 * @param origin the site's own origin, such as `https://example.com`
 * @see https://www.rfc-editor.org/rfc/rfc9116
 */
export function securityTxt(origin: string, built = builtAt): string {
  const expires = new Date(built.getTime() + days * 86_400_000);
  return [
    `Contact: mailto:security@${new URL(origin).hostname}`,
    `Expires: ${expires.toISOString()}`,
    "Preferred-Languages: en",
    `Canonical: ${origin}${securityTxtPath}`,
    "",
  ].join("\n");
}
