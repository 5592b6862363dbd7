// Installs SST's platform where it is missing, so that sst.config.ts and infra/ can be checked against its real types.
import { ensurePlatform, PlatformError } from "./platform.ts";

try {
  ensurePlatform();
} catch (error) {
  if (!(error instanceof PlatformError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
