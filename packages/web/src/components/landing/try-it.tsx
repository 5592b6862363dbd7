const experiments = [
  {
    title: "Open two windows",
    text: "Open your profile in two windows and edit your name in one. The other window shows the new name at once.",
  },
  {
    title: "Change the row with SQL",
    text: "Update your row directly in Postgres. Every open window shows the change without a reload.",
  },
  {
    title: "Go offline",
    text: "Disconnect your device. The page says that you are offline, keeps showing your profile, and catches up when you reconnect.",
  },
];

/** For visitors: three experiments that show the sync at work. */
export function TryIt() {
  return (
    <section aria-labelledby="try" className="mt-20 sm:mt-28">
      <h2 id="try" className="text-3xl sm:text-4xl">
        Three things to try
      </h2>
      <ul className="mt-8 grid gap-x-10 gap-y-8 md:grid-cols-3">
        {experiments.map(({ title, text }) => (
          <li key={title} className="border-t-2 border-read pt-4">
            <h3 className="font-medium">{title}</h3>
            <p className="mt-1.5 text-muted-foreground">{text}</p>
          </li>
        ))}
      </ul>
    </section>
  );
}
