import type { Part, Report } from "./report.ts";
import { keepRunning, type Running, type Service } from "./service.ts";

/**
 * Keeps a part running, and tells the report about each of its states.
 *
 * @param onFailure receives the error when the part cannot be started again
 */
export function reportedService<T extends Running>(
  part: Part,
  launch: () => Promise<T>,
  report: Report,
  onFailure: (error: unknown) => void,
): Service<T> {
  const name = part === "Postgres" ? part : `The ${part.toLowerCase()}`;
  const service = keepRunning({
    async start() {
      report.part(part, "starting");
      const started = await launch();
      report.part(part, "running");
      return started;
    },
    onRestart: () => report.note(`${name} has ended by itself and is starting again.`),
    onFailure(error) {
      report.part(part, "failed");
      onFailure(error);
    },
  });
  return {
    start: service.start,
    async stop() {
      await service.stop();
      report.part(part, "stopped");
    },
  };
}
