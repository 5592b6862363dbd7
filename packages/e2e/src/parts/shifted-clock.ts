// Node programs load this module with `--import`. A signal then moves their clock by an hour, as a wrong clock that is
// corrected: SIGUSR2 ahead, SIGWINCH back. Timers and `performance.now()` go on as they do on a real machine.
const hour = 3_600_000;
let shift = 0;

const rightNow = Date.now;
const now = () => rightNow() + shift;

globalThis.Date = new Proxy(Date, {
  construct: (target, args, as) => Reflect.construct(target, args.length > 0 ? args : [now()], as),
  apply: (target) => Reflect.construct(target, [now()]).toString(),
  get: (target, name, receiver) => (name === "now" ? now : Reflect.get(target, name, receiver)),
});

process.on("SIGUSR2", () => {
  shift += hour;
});
process.on("SIGWINCH", () => {
  shift -= hour;
});

export {};
