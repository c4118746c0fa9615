import { fileURLToPath } from "node:url";
import { addDays, ukDateOf } from "../server/schemas/dates";
import { layGround, load, makeTenant, median } from "./ground";

/**
 * `links.create` and `links.list` over HTTP on the production build, each against the bare equivalent
 * in `bench/bare.ts`: same machine, same database, same stand-in for Hero, in one run.
 *
 * Method: `wrk`, one thread, 16 connections, 5 s a turn; one warm-up turn each, then three rounds in
 * which portal and bare take turns; medians, and the ratio of the medians. 5,000 links; pages of 20.
 *
 * Run `npm run bench:procedures` on a built checkout; needs `wrk` (Debian package of that name).
 */

const at = (file: string) => fileURLToPath(new URL(file, import.meta.url));

const ground = await layGround();
try {
  const tenant = await makeTenant(5000);
  await ground.analyze();
  const base = `${ground.portalUrl}/api/trpc/${tenant.slug}/sandbox`;
  const body = JSON.stringify({
    practiceId: tenant.practiceId,
    appointmentTypeId: "1",
    locationId: "2",
    expiresOn: addDays(ukDateOf(new Date()), 7),
    maximumUses: 5,
  }).slice(1);
  const env = { BENCH_COOKIE: `portal-session=${tenant.token}`, BENCH_BODY: body };
  const listInput = encodeURIComponent(JSON.stringify({ limit: 20 }));
  const cases = [
    {
      name: "links.create",
      script: at("./create.lua"),
      portal: `${base}/links.create`,
      aim: 0.5,
    },
    {
      name: "links.list",
      script: at("./list.lua"),
      portal: `${base}/links.list?input=${listInput}`,
      aim: 0.4,
    },
  ];
  for (const { name, script, portal, aim } of cases) {
    const sides = { portal, bare: ground.bareUrl };
    const results: Record<keyof typeof sides, Awaited<ReturnType<typeof load>>[]> = {
      portal: [],
      bare: [],
    };
    for (const side of ["portal", "bare"] as const) await load(sides[side], script, env);
    for (let round = 0; round < 3; round++) {
      for (const side of ["portal", "bare"] as const) {
        results[side].push(await load(sides[side], script, env));
      }
    }
    const middle = (side: keyof typeof sides, pick: "perSecond" | "p50Ms" | "p99Ms") =>
      median(results[side].map((result) => result[pick]));
    const ratio = middle("portal", "perSecond") / middle("bare", "perSecond");
    process.stdout.write(`${name}: ratio ${ratio.toFixed(2)} (aim at least ${aim})\n`);
    for (const side of ["portal", "bare"] as const) {
      process.stdout.write(
        `  ${side.padEnd(6)} ${middle(side, "perSecond").toFixed(0)} requests/s, p50 ${middle(side, "p50Ms").toFixed(1)} ms, p99 ${middle(side, "p99Ms").toFixed(1)} ms\n`,
      );
    }
  }
} finally {
  await ground.clear();
}
process.exit(0);
