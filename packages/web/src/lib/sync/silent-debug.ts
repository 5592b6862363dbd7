/**
 * Stands in for the package `debug` in the browser's production build. The package is the log of TanStack's Electric
 * collection, which nobody sees without a setting in the browser's storage. In development the package itself is there.
 */
// biome-ignore lint/style/noDefaultExport: `debug` is imported so
export default { debug: () => () => {} };
