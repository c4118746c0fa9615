import { loaderIntegrity } from "./integrity";
import {
  toStringLiteral,
  type SnippetConfig,
  type SnippetFile,
  sessionPath,
  errorText,
} from "./snippet";

/** A component that works in any page of a React application. */
export const reactSnippet = (config: SnippetConfig): SnippetFile[] => [
  { path: "hero-element.tsx", language: "tsx", code: reactComponent(config, "export") },
];

/** The component's file; `exported` is how it leaves it. */
export const reactComponent = (
  { portal, placementId }: SnippetConfig,
  exportKeyword: "export" | "export default",
) => `import { useEffect, useRef, useState } from "react";
// Save ${portal}/embed/v2.d.ts as hero-portal.d.ts beside this file.
import type { HeroMount, HeroPortal } from "./hero-portal";

let loading: Promise<HeroPortal> | undefined;

/** Loads the portal's script once; a load that failed can be tried again. */
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

async function makeSession(): Promise<string> {
  const answer = await fetch("${sessionPath}", { method: "POST" });
  if (!answer.ok) throw new Error("The server made no session.");
  const { session } = (await answer.json()) as { session: string };
  return session;
}

${exportKeyword} function HeroElement() {
  const host = useRef<HTMLDivElement>(null);
  const [isTrouble, setTrouble] = useState(false);

  useEffect(() => {
    let mounted: HeroMount | undefined;
    let isGone = false;

    async function start() {
      const portal = await loadHeroPortal();
      if (isGone) return;
      const session = await makeSession();
      if (isGone || !host.current) return;
      mounted = portal.mount(host.current, {
        session,
        placement: ${toStringLiteral(placementId)},
        onEvent(event) {
          if (event.type === "hero:ready") setTrouble(false);
          if (event.type === "hero:error") setTrouble(true);
        },
      });
    }

    start().catch(() => setTrouble(true));
    return () => {
      isGone = true;
      mounted?.unmount();
    };
  }, []);

  return (
    <>
      <div ref={host} />
      {isTrouble ? <p role="alert">${errorText}</p> : null}
    </>
  );
}
`;
