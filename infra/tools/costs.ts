// Prints what an open page costs a month, by where the lines run: npm run costs
import { costTable } from "./cost-table.ts";

console.log(costTable());
