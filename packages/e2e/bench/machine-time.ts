/** The machine's clock in milliseconds, which all processes share. */
export function machineTime(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
