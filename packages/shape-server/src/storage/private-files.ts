/**
 * Makes all files and folders that this process creates readable by their owner alone: 0600 and 0700. The storage holds
 * rows of every user. For programs, because the setting is one of the whole process.
 */
export function keepFilesPrivate(): void {
  process.umask(0o077);
}
