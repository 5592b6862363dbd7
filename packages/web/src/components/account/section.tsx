import { type ReactNode, useId } from "react";
import { Card } from "../ui/card";

interface SectionProps {
  title: string;
  /** Says in a sentence what the section is for. */
  about?: string;
  children: ReactNode;
}

/** A part of the account page: a card with a heading, which names the region. */
export function Section({ title, about, children }: SectionProps) {
  const id = useId();
  return (
    <section aria-labelledby={id}>
      <Card>
        <h2 id={id} className="text-xl">
          {title}
        </h2>
        {about ? <p className="mt-2 text-sm text-muted-foreground">{about}</p> : null}
        <div className="mt-5">{children}</div>
      </Card>
    </section>
  );
}
