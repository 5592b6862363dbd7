export { readConfig } from "./config.ts";
export { SetupError } from "./errors/setup-error.ts";
export { type ShapeServer, type ShapeServerOptions, startShapeServer } from "./server.ts";
export { keepFilesPrivate } from "./storage/private-files.ts";
