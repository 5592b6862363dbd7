/** The user that a process runs as; undefined means the user of this process. */
export type Account = { uid: number; gid: number } | undefined;

/**
 * The user for Postgres, which refuses to run as root. Root starts Postgres as `nobody`, which is 65534 on Linux and in
 * most containers. That user need not exist: the kernel takes any number.
 */
export function serverAccount(): Account {
  return process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : undefined;
}

/**
 * The path under which a program that runs as `account` finds its data, when its working directory is `dataDir`.
 *
 * Another user cannot walk the path of a checkout below root's home, whose mode is 0700. But a process enters its
 * working directory before it changes its user, and `/proc/self/cwd` names that directory without the path.
 */
export function dataDirArgument(dataDir: string, account: Account): string {
  return account && process.platform === "linux" ? "/proc/self/cwd" : dataDir;
}
