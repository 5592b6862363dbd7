/** A block of code on a page. */
export interface Block {
  language: string;
  /** What follows the language: the path of the file that the block shows. */
  path?: string;
  /** The declarations that a comment in front of the block gives: what the reader has already. */
  given?: string;
  text: string;
}

/** Reads the blocks of code on a page, in their order. */
export function blocksOf(markdown: string): Block[] {
  const block =
    /(?:^<!-- given:\s(?<given>(?:(?!-->).)*?)\s*-->\n+)?^```(?<language>\w+)(?: (?<path>\S+))?\n(?<text>.*?)^```$/gms;
  return [...markdown.matchAll(block)].map(({ groups = {} }) => {
    const { language = "", path, given, text = "" } = groups;
    return { language, ...(path && { path }), ...(given && { given }), text };
  });
}
