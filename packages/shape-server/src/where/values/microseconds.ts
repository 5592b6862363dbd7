/** Microseconds are the smallest unit of Postgres' times, timestamps and intervals. */
export const usPerSecond = 1_000_000n;
export const usPerMinute = 60n * usPerSecond;
export const usPerHour = 60n * usPerMinute;
/** A day of 24 hours. */
export const usPerDay = 24n * usPerHour;
