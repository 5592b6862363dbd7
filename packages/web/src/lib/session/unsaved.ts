import { useEffect } from "react";

/** Who holds something that the person has typed and that is not saved. */
const holders = new Set<symbol>();

/** True while anybody on this page holds something that would be lost with the page. */
export function hasUnsaved(): boolean {
  return holders.size > 0;
}

/**
 * Says that something would be lost with the page.
 *
 * @returns a function that says that this is over
 */
export function holdUnsaved(): () => void {
  const holder = Symbol();
  holders.add(holder);
  return () => void holders.delete(holder);
}

/** Gives up everything that is held: the person has decided so. */
export function forgetUnsaved(): void {
  holders.clear();
}

/**
 * For a form: while it holds text that is not saved, the page does not go away without asking.
 *
 * @param isDirty whether the form holds such text
 */
export function useUnsaved(isDirty: boolean): void {
  useEffect(() => (isDirty ? holdUnsaved() : undefined), [isDirty]);
}
