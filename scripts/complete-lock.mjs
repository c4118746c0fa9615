// Adds to package-lock.json the optional platform packages that the reachable registry does not hold, so that `npm ci` accepts the lock.
// Run in the project root after every `npm install`; prints how many entries it added (0 when the lock is whole).
import fs from "node:fs";
const L = JSON.parse(fs.readFileSync("package-lock.json", "utf8"));
let n = 0;
const osmap = {
  android: "android",
  darwin: "darwin",
  freebsd: "freebsd",
  linux: "linux",
  win32: "win32",
  win: "win32",
  aix: "aix",
  openharmony: "openharmony",
  sunos: "sunos",
  netbsd: "netbsd",
  openbsd: "openbsd",
};
for (const [at, p] of Object.entries({ ...L.packages }))
  for (const [name, range] of Object.entries(p.optionalDependencies ?? {})) {
    const tries = [];
    let d = at;
    for (;;) {
      tries.push((d ? d + "/" : "") + "node_modules/" + name);
      if (!d) break;
      const i = d.lastIndexOf("/node_modules/");
      d = i < 0 ? "" : d.slice(0, i);
    }
    if (tries.some((t) => L.packages[t])) continue;
    const parts = name.split(/[-/]/);
    const os = parts.map((x) => osmap[x]).find(Boolean);
    const cpu = parts.find((x) =>
      [
        "x64",
        "arm64",
        "arm",
        "ia32",
        "ppc64",
        "riscv64",
        "s390x",
        "loong64",
        "mips64el",
        "wasm32",
      ].includes(x),
    );
    if (!/^\d/.test(range)) {
      console.log("skip range", name, range);
      continue;
    }
    const libc =
      os === "linux" && (/musl/.test(name) ? "musl" : /gnu/.test(name) ? "glibc" : undefined);
    L.packages["node_modules/" + name] = {
      version: range,
      ...(cpu && { cpu: [cpu] }),
      ...(p.dev && { dev: true }),
      ...(libc && { libc: [libc] }),
      optional: true,
      ...(os && { os: [os] }),
    };
    n++;
    console.log("added", name, range, os, cpu);
  }
L.packages = Object.fromEntries(Object.entries(L.packages).sort(([a], [b]) => (a < b ? -1 : 1)));
fs.writeFileSync("package-lock.json", JSON.stringify(L, null, 2) + "\n");
console.log(n);
