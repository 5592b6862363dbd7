import { type ChildProcess, spawn } from "node:child_process";

/**
 * Ends `child` when this process ends, even by `kill -9`. It is meant for programs that do not notice the end of their
 * parent.
 *
 * A separate shell reads from a pipe that only this process can write to. When this process ends, the kernel closes the
 * pipe, and the shell sends `signal` to the child. On Windows this function does nothing.
 */
export function leash(child: ChildProcess, signal: "INT" | "TERM"): void {
  if (process.platform === "win32" || child.pid === undefined) return;
  const shell = spawn("/bin/sh", ["-c", `read -r _; kill -${signal} "$0"`, String(child.pid)], {
    cwd: "/",
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  shell.unref();
  const { stdin } = shell;
  // An open pipe would keep this process alive. The stdin of a child is a socket, though its type does not say so.
  if (stdin && "unref" in stdin && typeof stdin.unref === "function") stdin.unref();
  stdin?.on("error", () => {});
  // A shell that outlived the child could later signal another process with the same number.
  child.once("exit", () => shell.kill("SIGKILL"));
}
