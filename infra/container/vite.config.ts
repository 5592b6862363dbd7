import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

/** Builds the container's program into one file, so that the image needs no packages. */
export default defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  ssr: { noExternal: true },
  build: {
    ssr: "main.ts",
    target: "node24",
    outDir: ".output",
    emptyOutDir: true,
    rolldownOptions: {
      // node-postgres looks for its variant in C, which the project does not use.
      external: ["pg-native", "bufferutil", "utf-8-validate"],
      output: { entryFileNames: "main.mjs", codeSplitting: false },
    },
  },
});
