declare global {
  /** Zod reads its configuration here, so the configuration can be there before Zod is. */
  var __zod_globalConfig: { jitless?: boolean } | undefined;
}

// By default Zod compiles its checks with `eval`, which the Content-Security-Policy of the pages forbids. Zod's own
// `config` would bring two kilobytes of Zod into pages that check nothing.
globalThis.__zod_globalConfig ??= {};
globalThis.__zod_globalConfig.jitless = true;

export {};
