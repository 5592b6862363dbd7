import { type ChildProcess, spawn } from "node:child_process";

/**
 * Makes sure that `child` ends when this process does, even by `kill -9`, for children that cannot notice it themselves.
 *
 * A shell of its own holds the read end of a pipe of which only this process has the write end: whatever ends this
 * process closes the pipe, and the shell sends `signal`. On Windows this does nothing.
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
  // The pipe would keep this process alive. A child's stdin is a socket, which the types do not say.
  if (stdin && "unref" in stdin && typeof stdin.unref === "function") stdin.unref();
  stdin?.on("error", () => {});
  // Without this, the shell would outlive the child and one day signal whoever got its number.
  child.once("exit", () => shell.kill("SIGKILL"));
}
