import { readFile } from "node:fs/promises";

/** Returns how much processor time a process has taken so far, in seconds. Linux only. */
export async function processorTimeOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  // utime and stime, in the clock ticks of Linux.
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
