import { type ClassValue, clsx } from "clsx";

/**
 * Joins class names. An element must not have two Tailwind classes that set the same property, because the order of the
 * stylesheet would decide, and not the order of the names. What a caller may choose is a variant or a default.
 */
export function cn(...inputs: ClassValue[]): string {
  return clsx(inputs);
}
