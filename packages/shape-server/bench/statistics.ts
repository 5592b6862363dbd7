/** The value below which the share `p` of `values` lies. */
export function percentile(values: number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * p))] ?? Number.NaN;
}

export const median = (values: number[]) => percentile(values, 0.5);

export const ms = (microseconds: number) => `${(microseconds / 1000).toFixed(2)} ms`;
export const kB = (bytes: number) => `${(bytes / 1024).toFixed(1)} KB`;
export const MB = (bytes: number) => `${(bytes / 1024 / 1024).toFixed(0)} MB`;
export const times = (ratio: number) => `${ratio.toFixed(2)} ×`;
