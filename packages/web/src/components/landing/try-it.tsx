const tries = [
  {
    title: "Open two windows",
    text: "Sign in, open your profile twice, and edit your name in one. The other follows while you watch.",
  },
  {
    title: "Change it behind the app’s back",
    text: "Write to the row with SQL. Nobody told the page, yet the page knows.",
  },
  {
    title: "Pull the plug",
    text: "Go offline: the page says so, keeps what it has, and catches up by itself when you return.",
  },
];

/** For a visitor: three things to do that show what this is about. */
export function TryIt() {
  return (
    <section aria-labelledby="try" className="mt-20 sm:mt-28">
      <h2 id="try" className="text-3xl sm:text-4xl">
        Three ways to see it
      </h2>
      <ul className="mt-8 grid gap-x-10 gap-y-8 md:grid-cols-3">
        {tries.map(({ title, text }) => (
          <li key={title} className="border-t-2 border-read pt-4">
            <h3 className="font-medium">{title}</h3>
            <p className="mt-1.5 text-muted-foreground">{text}</p>
          </li>
        ))}
      </ul>
    </section>
  );
}
