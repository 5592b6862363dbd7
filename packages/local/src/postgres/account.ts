/** The account that the server process runs under; undefined means our own. */
export type Account = { uid: number; gid: number } | undefined;

/**
 * Postgres refuses to run as root, so root starts it as `nobody` (65534 on Linux and in most containers).
 * No user has to be created for that: the kernel asks for a number, not for a name.
 */
export function serverAccount(): Account {
  return process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : undefined;
}

/**
 * How the server is told where its data is.
 *
 * A checkout below root's home (mode 0700) cannot be entered after the change of user. The working directory can:
 * it is entered before the change, and `/proc/self/cwd` leads back to it without walking the path from the root.
 */
export function dataDirArgument(dataDir: string, account: Account): string {
  return account && process.platform === "linux" ? "/proc/self/cwd" : dataDir;
}
