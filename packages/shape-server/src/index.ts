export { readConfig } from "./config.ts";
export { SetupError } from "./replication/errors.ts";
export { type ShapeServer, type ShapeServerOptions, startShapeServer } from "./server.ts";
