import { loaderIntegrity } from "./integrity";
import {
  toStringLiteral,
  type SnippetConfig,
  type SnippetFile,
  sessionPath,
  errorText,
} from "./snippet";

export const reactSnippet = (config: SnippetConfig): SnippetFile[] => [
  { path: "hero-element.tsx", language: "tsx", code: reactComponent(config, "export") },
];

export const reactComponent = (
  { portal, placementId }: SnippetConfig,
  exportKeyword: "export" | "export default",
) => `import { useEffect, useRef, useState } from "react";
// Save ${portal}/embed/v2.d.ts as hero-portal.d.ts beside this file.
import type { HeroMount, HeroPortal } from "./hero-portal";

let loading: Promise<HeroPortal> | undefined;

/** Loads the portal's script once; a failed load can be retried. */
function loadHeroPortal(): Promise<HeroPortal> {
  loading ??= new Promise<HeroPortal>((resolve, reject) => {
    const script = document.createElement("script");
    script.src = ${toStringLiteral(`${portal}/embed/v2.js`)};
    script.integrity = ${toStringLiteral(loaderIntegrity)};
    script.crossOrigin = "anonymous";
    script.onload = () => resolve(window.HeroPortal as HeroPortal);
    script.onerror = () => {
      loading = undefined;
      script.remove();
      reject(new Error("The portal's script did not load."));
    };
    document.head.append(script);
  });
  return loading;
}

async function createSession(): Promise<string> {
  const response = await fetch("${sessionPath}", { method: "POST" });
  if (!response.ok) throw new Error("The server did not create a session.");
  const { session } = (await response.json()) as { session: string };
  return session;
}

${exportKeyword} function HeroElement() {
  const host = useRef<HTMLDivElement>(null);
  const [hasError, setHasError] = useState(false);

  useEffect(() => {
    let mounted: HeroMount | undefined;
    let isUnmounted = false;

    async function start() {
      const portal = await loadHeroPortal();
      if (isUnmounted) return;
      const session = await createSession();
      if (isUnmounted || !host.current) return;
      mounted = portal.mount(host.current, {
        session,
        placement: ${toStringLiteral(placementId)},
        onEvent(event) {
          if (event.type === "hero:ready") setHasError(false);
          if (event.type === "hero:error") {
            event.preventDefault();
            setHasError(true);
          }
        },
      });
    }

    start().catch(() => setHasError(true));
    return () => {
      isUnmounted = true;
      mounted?.unmount();
    };
  }, []);

  return (
    <>
      <div ref={host} />
      {hasError ? <p role="alert">${errorText}</p> : null}
    </>
  );
}
`;
