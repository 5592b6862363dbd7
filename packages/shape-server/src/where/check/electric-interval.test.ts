import { expect, test } from "vitest";
import { readsInterval } from "./electric-interval.ts";

// Of what Postgres reads as an interval, what Electric reads too.

test.each([
  "1 day",
  "-1 day",
  "3d 4 hours",
  "1.5 days",
  "5 minutes 3d 4 hours 6",
  "1 year 2 months 3 days 04:05:06.7",
  "-1 mons +3 days -02:00:00",
  "3 4:05:06",
  "1 day 10:30",
  "1-2",
  "-1-2 +3 -4:05:06",
  "@ 1 day",
  "2 weeks",
  "0",
  "90",
  "1 decade 1 cent 100 ms 5 us",
  "P1D",
  "P1Y2M3DT4H5M6.5S",
  "PT-1S",
  "P0001-02-03T04:05:06",
])("reads %s", (text) => {
  expect(readsInterval(text)).toBe(true);
});

test.each([
  "",
  "02:00:00",
  "10:30",
  "1 day ago",
  "1 DAY",
  "1 Day",
  "2 hrs",
  "1 yr",
  ".5 days",
  "1 millennium",
  "1 minute 10:01:10",
  "1 day 10:01 5",
  "1 month 1-10",
  "1-13",
  "p1d",
  "PT",
  "P1DT",
  "P1H",
  "PT1D",
  "P+1D",
  "infinity",
  "nonsense",
])("does not read '%s'", (text) => {
  expect(readsInterval(text)).toBe(false);
});
