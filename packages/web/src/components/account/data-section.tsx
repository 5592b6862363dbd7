import { Button } from "../ui/button";
import { Section } from "./section";

/** Downloads all data of the person. */
export function DataSection() {
  return (
    <Section title="Your data" about="One file of JSON with your picture and every row that is yours.">
      <Button variant="outline" asChild>
        <a href="/api/account-data" download>
          Download my data
        </a>
      </Button>
    </Section>
  );
}
