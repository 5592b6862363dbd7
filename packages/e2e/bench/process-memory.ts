import { once } from "node:events";
import { readFile } from "node:fs/promises";

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

/** The parts of the answers of V8's inspector that are read here. */
interface Node {
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  readonly selfSize: number;
  readonly children: readonly Node[];
}

/**
 * Connects to the debugger of a process of Node.
 *
 * @param debugPort the port of `--inspect`
 */
export async function openInspector(pid: number, debugPort: number) {
  const targets = await (await fetch(`http://127.0.0.1:${debugPort}/json/list`)).json();
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

export type Inspector = Awaited<ReturnType<typeof openInspector>>;

function count({ callFrame, selfSize, children }: Node, bytes: Map<string, number>): void {
  const file = callFrame.url.split("/").at(-1);
  const name = `${callFrame.functionName || "(anonymous)"} ${file}:${callFrame.lineNumber + 1}`;
  if (selfSize > 0) bytes.set(name, (bytes.get(name) ?? 0) + selfSize);
  for (const child of children) count(child, bytes);
}
