/** The lock of the tab that leads the line of a user. Every other tab of the user waits for the lock. */
export const lineLock = (userId: string) => `tracer-line:${userId}`;

/** The channel on which the leading tab speaks to all tabs of the user. */
export const lineChannel = lineLock;

/** The channel on which tabs tell the leading tab what they wait for. */
export const wantsChannel = (userId: string) => `tracer-line-wants:${userId}`;
