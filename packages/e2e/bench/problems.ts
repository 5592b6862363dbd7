/** Shows what the app logs, without the lines of requests and of the debugger. */
export function showProblems(text: string): void {
  for (const line of text.split("\n"))
    if (line !== "" && !/"level":"info"|^Debugger |^For help, see/.test(line))
      console.error(line.slice(0, 300));
}
