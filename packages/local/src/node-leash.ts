// Node children load this module with `--import`, before their program.
import { enableCompileCache } from "node:module";

// The next start of the same program compiles nothing again.
enableCompileCache();

// The child ends when its parent ends, even by `kill -9`.
process.on("disconnect", () => {
  // SIGTERM lets the program end cleanly. SIGKILL ends a program that does not.
  process.kill(process.pid, "SIGTERM");
  setTimeout(() => process.kill(process.pid, "SIGKILL"), 1000).unref();
});
// The listener must not keep a program alive that has nothing left to do.
process.channel?.unref();
