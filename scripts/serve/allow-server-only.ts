import { registerHooks } from "node:module";

let isAllowed = false;

/**
 * Lets this process import modules guarded by `server-only`, which throws outside Next. This is a server,
 * so there is nothing to guard.
 */
export function allowServerOnly(): void {
  if (isAllowed) return;
  isAllowed = true;
  const emptyModule = new URL("../../node_modules/server-only/empty.js", import.meta.url).href;
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === "server-only"
        ? { url: emptyModule, format: "commonjs", shortCircuit: true }
        : next(specifier, context),
  });
}
