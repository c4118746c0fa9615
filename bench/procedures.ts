import { fileURLToPath } from "node:url";
import { addDays, ukDateOf } from "../server/schemas/dates";
import { type LoadResult, startBenchEnvironment, runWrk, createTenant, median } from "./harness";

/**
 * `links.create` and `links.list` over HTTP on the production build, each against the bare equivalent
 * in `bench/baseline-server.ts`: same machine, same database, same fake Hero, in one run.
 *
 * Method: `wrk`, one thread, 16 connections, 5 s for each turn; one warm-up turn each, then three rounds in
 * which portal and baseline alternate; medians, and the ratio of the medians. 5,000 links; pages of 20.
 *
 * Run `npm run bench:procedures` on a built checkout; needs `wrk` (Debian package of that name).
 * `npm run bench:procedures -- --profile` writes a CPU profile of the portal to the current folder.
 */

const pathTo = (file: string) => fileURLToPath(new URL(file, import.meta.url));

const isProfiled = process.argv.includes("--profile");
const environment = await startBenchEnvironment({ isProfiled });
try {
  const tenant = await createTenant(5000);
  await environment.analyze();
  const base = `${environment.portalUrl}/api/trpc/${tenant.slug}/sandbox`;
  const body = JSON.stringify({
    practiceId: tenant.practiceId,
    appointmentTypeId: "1",
    locationId: "2",
    expiresOn: addDays(ukDateOf(new Date()), 7),
    maxUses: 5,
  }).slice(1);
  const env = { BENCH_COOKIE: `portal-session=${tenant.token}`, BENCH_BODY: body };
  const listInput = encodeURIComponent(JSON.stringify({ limit: 20 }));
  const cases = [
    {
      name: "links.create",
      script: pathTo("./create.lua"),
      portal: `${base}/links.create`,
      minRatio: 0.5,
    },
    {
      name: "links.list",
      script: pathTo("./list.lua"),
      portal: `${base}/links.list?input=${listInput}`,
      minRatio: 0.4,
    },
  ];
  for (const { name, script, portal, minRatio } of cases) {
    const servers = { portal, baseline: environment.baselineUrl };
    const results: Record<keyof typeof servers, LoadResult[]> = {
      portal: [],
      baseline: [],
    };
    for (const server of ["portal", "baseline"] as const)
      await runWrk(servers[server], script, env);
    for (let round = 0; round < 3; round++) {
      for (const server of ["portal", "baseline"] as const) {
        const pid = environment.pids[server];
        results[server].push(await runWrk(servers[server], script, env, { pid }));
      }
    }
    const medianOf = (server: keyof typeof servers, metric: keyof LoadResult) =>
      median(results[server].map((result) => result[metric]));
    const ratio = medianOf("portal", "perSecond") / medianOf("baseline", "perSecond");
    process.stdout.write(`${name}: ratio ${ratio.toFixed(2)} (target at least ${minRatio})\n`);
    for (const server of ["portal", "baseline"] as const) {
      process.stdout.write(
        `  ${server.padEnd(6)} ${medianOf(server, "perSecond").toFixed(0)} requests/s, p50 ${medianOf(server, "p50Ms").toFixed(1)} ms, p99 ${medianOf(server, "p99Ms").toFixed(1)} ms, CPU ${medianOf(server, "cpuMs").toFixed(2)} ms\n`,
      );
    }
  }
} finally {
  await environment.stop();
}
process.exit(0);
