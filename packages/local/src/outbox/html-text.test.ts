import { expect, test } from "vitest";
import { linked } from "./html-text.ts";

test("an address becomes a link, without the full stop behind it", () => {
  expect(linked("Open http://localhost:3000/a?b=1#token=x.y.\nThen <wait>.")).toBe(
    `Open <a href="http://localhost:3000/a?b=1#token=x.y">http://localhost:3000/a?b=1#token=x.y</a>.\nThen &#60;wait&#62;.`,
  );
});

test("what a mail says cannot become a tag or a script", () => {
  expect(linked(`<script>alert(1)</script> https://a.example/"onclick="x javascript:alert(1)`)).toBe(
    `&#60;script&#62;alert(1)&#60;/script&#62; <a href="https://a.example/">https://a.example/</a>&#34;onclick=&#34;x javascript:alert(1)`,
  );
});
