import { type ReactNode, useEffect, useRef } from "react";

interface MailLinkResultProps {
  title: string;
  children: ReactNode;
  /** What the person can do next. */
  action?: ReactNode;
}

/** Says what became of a link from a mail. Takes the focus, so that a screen reader reads the result out. */
export function MailLinkResult({ title, children, action }: MailLinkResultProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <section>
      <h2 ref={heading} tabIndex={-1} className="text-xl outline-none">
        {title}
      </h2>
      <p className="mt-3">{children}</p>
      {action ? <div className="mt-6">{action}</div> : null}
    </section>
  );
}
