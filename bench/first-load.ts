import { gzipSync } from "node:zlib";
import { startBenchEnvironment, createTenant } from "./harness";

/**
 * JavaScript of the first load: every script in the page's HTML, from the production build, gzipped at
 * level 9, in KiB, and as a ratio to what both pages share, such as React and Next's runtime.
 *
 * Run `npm run bench:first-load` on a built checkout.
 */

const pages = [
  { name: "sign-in", path: "/sign-in", isSignedIn: false, maxKiB: 140 },
  { name: "links", path: "/bench/sandbox/links", isSignedIn: true, maxKiB: 170 },
];

async function listScripts(url: string, cookie: string): Promise<string[]> {
  const reply = await fetch(url, { headers: cookie ? { cookie } : {}, redirect: "manual" });
  if (reply.status !== 200) throw new Error(`${url} returned ${reply.status}.`);
  const html = await reply.text();
  // Only old browsers load `nomodule` scripts.
  const tags = html.match(/<script[^>]+src="[^"]+"[^>]*>/g) ?? [];
  const sources = tags
    .filter((tag) => !/nomodule/i.test(tag))
    .map((tag) => /src="([^"]+)"/.exec(tag)?.[1] ?? "");
  return [...new Set(sources)];
}

const environment = await startBenchEnvironment();
try {
  const tenant = await createTenant(50);
  await environment.analyze();
  const cookie = `portal-session=${tenant.token}`;
  const lists = await Promise.all(
    pages.map(({ path, isSignedIn }) =>
      listScripts(`${environment.portalUrl}${path}`, isSignedIn ? cookie : ""),
    ),
  );
  const sizes = new Map<string, number>();
  for (const source of new Set(lists.flat())) {
    const bytes = await (await fetch(`${environment.portalUrl}${source}`)).arrayBuffer();
    sizes.set(source, gzipSync(Buffer.from(bytes), { level: 9 }).length / 1024);
  }
  const total = (sources: string[]) =>
    sources.reduce((sum, source) => sum + (sizes.get(source) ?? 0), 0);
  const shared = (lists[0] ?? []).filter((source) => lists.every((list) => list.includes(source)));
  const sharedKiB = total(shared);
  process.stdout.write(`shared by both pages: ${sharedKiB.toFixed(1)} KiB\n`);
  for (const [index, { name, maxKiB }] of pages.entries()) {
    const size = total(lists[index] ?? []);
    process.stdout.write(
      `${name}: ${size.toFixed(1)} KiB (aim at most ${maxKiB}), ${(size / sharedKiB).toFixed(2)} of what is shared\n`,
    );
    for (const source of lists[index] ?? []) {
      process.stdout.write(`  ${(sizes.get(source) ?? 0).toFixed(1).padStart(6)}  ${source}\n`);
    }
  }
} finally {
  await environment.stop();
}
process.exit(0);
