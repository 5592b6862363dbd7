import { useEffect } from "react";

/** The forms that hold unsaved text. */
const holders = new Set<symbol>();

/** True while a form on this page holds text that would be lost with the page. */
export function hasUnsaved(): boolean {
  return holders.size > 0;
}

/**
 * Registers unsaved text that would be lost with the page.
 *
 * @returns a function that removes the registration
 */
export function holdUnsaved(): () => void {
  const holder = Symbol();
  holders.add(holder);
  return () => void holders.delete(holder);
}

/** Removes all registrations, because the person has decided to give up the unsaved text. */
export function forgetUnsaved(): void {
  holders.clear();
}

/**
 * Makes the page ask the person before the page goes away while a form holds unsaved text.
 *
 * @param isDirty whether the form holds unsaved text
 */
export function useUnsaved(isDirty: boolean): void {
  useEffect(() => (isDirty ? holdUnsaved() : undefined), [isDirty]);
}
