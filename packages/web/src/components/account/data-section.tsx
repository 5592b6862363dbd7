import { buttonLook } from "../ui/button";
import { Section } from "./section";

/** Downloads all data of the person. */
export function DataSection() {
  return (
    <Section title="Your data" about="One file of JSON with your picture and every row that is yours.">
      <a href="/api/account-data" download className={buttonLook({ variant: "outline" })}>
        Download my data
      </a>
    </Section>
  );
}
