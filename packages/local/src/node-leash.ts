// Loaded by Node children with `--import`: they end when the process that started them ends, even by `kill -9`.
process.on("disconnect", () => {
  // The program's own way of ending first, and then in any case.
  process.kill(process.pid, "SIGTERM");
  setTimeout(() => process.kill(process.pid, "SIGKILL"), 1000).unref();
});
// Listening must not keep a child alive that has nothing more to do.
process.channel?.unref();
