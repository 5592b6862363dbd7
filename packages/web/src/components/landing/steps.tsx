import { cn } from "../ui/class-names";

interface Step {
  title: string;
  text: string;
  /** The path of the file, from the repository's root. */
  file: string;
}

const tones = { read: "text-read", write: "text-write", plain: "text-muted-foreground" };

/** A numbered list of steps, each with the file that takes the step. */
export function Steps({ steps, tone = "plain" }: { steps: Step[]; tone?: keyof typeof tones }) {
  return (
    <ol className="space-y-5">
      {steps.map(({ title, text, file }, index) => (
        <li key={title} className="grid grid-cols-[2rem_1fr]">
          <span aria-hidden="true" className={cn("font-display text-lg leading-6", tones[tone])}>
            {index + 1}
          </span>
          <div className="min-w-0">
            <p className="font-medium">{title}</p>
            <p className="mt-0.5 text-sm text-muted-foreground sm:text-base">{text}</p>
            <code className="mt-1 block font-mono text-xs wrap-anywhere text-muted-foreground">{file}</code>
          </div>
        </li>
      ))}
    </ol>
  );
}
