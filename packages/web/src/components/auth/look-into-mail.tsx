import { type ReactNode, useEffect, useRef } from "react";

/** Takes the place of a form whose answer comes by mail. Takes the focus, which was in the form. */
export function LookIntoMail({ children }: { children: ReactNode }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <section>
      <h2 ref={heading} tabIndex={-1} className="text-xl outline-none">
        Look into your mail
      </h2>
      <p className="mt-3">{children}</p>
      <p className="mt-3 text-sm text-muted-foreground">
        Nothing there? Look among the unwanted mails, and check the address.
      </p>
    </section>
  );
}
