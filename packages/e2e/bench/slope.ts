/**
 * Returns how steeply a line through points rises, by least squares.
 *
 * @param points each as x and y
 * @returns the rise of y for each x. Undefined with fewer than two different x
 */
export function slopeOf(points: readonly (readonly [x: number, y: number])[]): number | undefined {
  const mean = (read: (point: readonly [number, number]) => number) =>
    points.reduce((sum, point) => sum + read(point), 0) / points.length;
  const middle = { x: mean(([x]) => x), y: mean(([, y]) => y) };
  const along = points.reduce((sum, [x]) => sum + (x - middle.x) ** 2, 0);
  if (points.length < 2 || along === 0) return undefined;
  return points.reduce((sum, [x, y]) => sum + (x - middle.x) * (y - middle.y), 0) / along;
}
