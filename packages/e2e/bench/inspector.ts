import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";

/** What a process holds, in bytes. */
export interface Memory {
  readonly resident: number;
  readonly heap: number;
}

/** A function of the program, with the bytes on the heap that it has made and that are still there. */
export interface Holder {
  readonly name: string;
  readonly bytes: number;
}

/** A profile of the processor, as V8 gives profiles. Of the parts, those that are read here. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: CallFrame;
    readonly children?: readonly number[];
  }[];
  /** The node that ran, for each sample. */
  readonly samples: readonly number[];
}

interface CallFrame {
  readonly functionName: string;
  readonly url: string;
  readonly lineNumber: number;
}

/** The parts of the answers of V8's inspector that are read here. */
interface Node {
  readonly callFrame: CallFrame;
  readonly selfSize: number;
  readonly children: readonly Node[];
}

/**
 * Connects to the debugger of a process of Node.
 *
 * @param debugPort the port of `--inspect`
 */
export async function openInspector(pid: number, debugPort: number) {
  const targets = await targetsOf(debugPort);
  const socket = new WebSocket(targets[0].webSocketDebuggerUrl);
  await once(socket, "open");
  let last = 0;
  const call = async (method: string, params: object = {}) => {
    const id = ++last;
    socket.send(JSON.stringify({ id, method, params }));
    for (;;) {
      const [{ data }] = await once(socket, "message");
      const answer = JSON.parse(data);
      if (answer.id === id) return answer.result;
    }
  };
  return {
    /** Measures the process after a collection of garbage. */
    async memory(): Promise<Memory> {
      await call("HeapProfiler.collectGarbage");
      const { usedSize } = await call("Runtime.getHeapUsage");
      const status = await readFile(`/proc/${pid}/status`, "utf8");
      return { resident: Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) * 1024, heap: usedSize };
    },
    /** Begins to note what makes the objects on the heap. */
    startSampling: () => call("HeapProfiler.startSampling", { samplingInterval: 16_384 }),
    /** Begins to note what the processor does, each half millisecond. */
    async startProfile(): Promise<void> {
      await call("Profiler.enable");
      await call("Profiler.setSamplingInterval", { interval: 500 });
      await call("Profiler.start");
    },
    async stopProfile(): Promise<CpuProfile> {
      return (await call("Profiler.stop")).profile;
    },
    /** Returns what has made the objects that are still there, most bytes first. */
    async stopSampling(): Promise<Holder[]> {
      await call("HeapProfiler.collectGarbage");
      const { profile } = await call("HeapProfiler.stopSampling");
      const bytes = new Map<string, number>();
      count(profile.head, bytes);
      return [...bytes].map(([name, bytes]) => ({ name, bytes })).toSorted((a, b) => b.bytes - a.bytes);
    },
    [Symbol.dispose]: () => socket.close(),
  };
}

/**
 * Has a process of Node start its debugger, and connects to the debugger. Until then the debugger costs the process nothing.
 *
 * @param debugPort the port of `--inspect-port`
 */
export async function inspect(pid: number, debugPort: number): Promise<Inspector> {
  process.kill(pid, "SIGUSR1");
  return await openInspector(pid, debugPort);
}

/** Asks the debugger what it can debug, until the debugger listens. */
async function targetsOf(debugPort: number) {
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${debugPort}/json/list`).catch(() => undefined);
    if (answer) return await answer.json();
    await delay(20);
  }
}

export type Inspector = Awaited<ReturnType<typeof openInspector>>;

function count({ callFrame, selfSize, children }: Node, bytes: Map<string, number>): void {
  const file = callFrame.url.split("/").at(-1);
  const name = `${callFrame.functionName || "(anonymous)"} ${file}:${callFrame.lineNumber + 1}`;
  if (selfSize > 0) bytes.set(name, (bytes.get(name) ?? 0) + selfSize);
  for (const child of children) count(child, bytes);
}
