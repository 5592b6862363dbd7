/** The gateway of `gateway.ts`, whose address this process sends first. The argument is the address of the database. */
import { startGateway } from "@tracer/local/gateway";

const [, , target = ""] = process.argv;
const gateway = await startGateway({ target });
process.once("disconnect", () => process.exit());
process.send?.(gateway.url);
