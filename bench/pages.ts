import { type LoadResult, runWrk, createTenant, median, startBenchEnvironment } from "./harness";
import { fileURLToPath } from "node:url";

/**
 * Signed-in pages and the partner API's list, each against a bare `node:http` handler that does one
 * select by key, in the same run (`bench/baseline-server.ts`). Two more cases show the ceilings: the sign-in
 * page, which reads no database, is what Next needs for any page; the bare list does the work of the API's
 * list in hand-written SQL, without a framework.
 *
 * Method: `wrk`, one thread, 16 connections, 5 s a turn; one warm-up turn each, then three rounds in
 * which the portal and the baseline alternate; medians, and the ratio of the medians. 60 links.
 *
 * Run `npm run bench:pages` on a built checkout; needs `wrk`. `npm run bench:pages -- --profile` writes a
 * CPU profile of the portal to the current folder.
 */

const script = fileURLToPath(new URL("./get.lua", import.meta.url));
const isProfiled = process.argv.includes("--profile");

const environment = await startBenchEnvironment({ isProfiled });
try {
  const tenant = await createTenant(60);
  const apiKey = await tenant.createApiKey();
  await environment.analyze();
  const cookie = `portal-session=${tenant.token}`;
  const path = `${environment.portalUrl}/${tenant.slug}/sandbox`;
  const cases: { name: string; url: string; header: [string, string]; minRatio?: number }[] = [
    { name: "overview", url: path, header: ["cookie", cookie], minRatio: 0.025 },
    { name: "/links", url: `${path}/links`, header: ["cookie", cookie], minRatio: 0.025 },
    { name: "sign-in page", url: `${environment.portalUrl}/sign-in`, header: ["x-bench", "none"] },
    {
      name: "GET /api/v1/links",
      url: `${environment.portalUrl}/api/v1/links`,
      header: ["authorization", `Bearer ${apiKey}`],
      minRatio: 0.2,
    },
    { name: "bare list", url: environment.baselineUrl, header: ["cookie", cookie] },
  ];
  const select = {
    url: `${environment.baselineUrl}/select`,
    env: { BENCH_HEADER: "cookie", BENCH_VALUE: cookie },
  };
  for (const { name, url, header, minRatio } of cases) {
    const env = { BENCH_HEADER: header[0], BENCH_VALUE: header[1] };
    const results: LoadResult[] = [];
    const baseline: number[] = [];
    const pid = environment.pids[url.startsWith(environment.baselineUrl) ? "baseline" : "portal"];
    await runWrk(url, script, env);
    await runWrk(select.url, script, select.env);
    for (let round = 0; round < 3; round++) {
      results.push(await runWrk(url, script, env, { pid }));
      baseline.push((await runWrk(select.url, script, select.env)).perSecond);
    }
    const perSecond = median(results.map((result) => result.perSecond));
    const cpuMs = median(results.map((result) => result.cpuMs));
    const ratio = perSecond / median(baseline);
    const target = minRatio ? ` (target at least ${minRatio})` : "";
    process.stdout.write(
      `${name}: ${perSecond.toFixed(0)} requests/s, CPU ${cpuMs.toFixed(2)} ms each, bare select ${median(baseline).toFixed(0)}, ratio ${ratio.toFixed(4)}${target}\n`,
    );
  }
} finally {
  await environment.stop();
}
process.exit(0);
