// Adds optional packages of other platforms, which npm may leave out, so that `npm ci` accepts the lock file.
// Run in the project root after every `npm install`; prints the number of entries added.
import fs from "node:fs";
type Package = { version?: string; dev?: boolean; optionalDependencies?: Record<string, string> };
const lockfile: { packages: Record<string, object> } = JSON.parse(
  fs.readFileSync("package-lock.json", "utf8"),
);
let addedCount = 0;
const osByToken: Record<string, string> = {
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
for (const [parentPath, parent] of Object.entries<Package>({ ...lockfile.packages }))
  for (const [name, range] of Object.entries(parent.optionalDependencies ?? {})) {
    const candidates = [];
    let folder = parentPath;
    for (;;) {
      candidates.push((folder ? folder + "/" : "") + "node_modules/" + name);
      if (!folder) break;
      const lastFolder = folder.lastIndexOf("/node_modules/");
      folder = lastFolder < 0 ? "" : folder.slice(0, lastFolder);
    }
    if (candidates.some((candidate) => lockfile.packages[candidate])) continue;
    const tokens = name.split(/[-/]/);
    const os = tokens.map((token) => osByToken[token]).find(Boolean);
    const cpu = tokens.find((token) =>
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
      ].includes(token),
    );
    if (!/^\d/.test(range)) {
      console.log("skip range", name, range);
      continue;
    }
    const libc =
      os === "linux" && (/musl/.test(name) ? "musl" : /gnu/.test(name) ? "glibc" : undefined);
    lockfile.packages["node_modules/" + name] = {
      version: range,
      ...(cpu && { cpu: [cpu] }),
      ...(parent.dev && { dev: true }),
      ...(libc && { libc: [libc] }),
      optional: true,
      ...(os && { os: [os] }),
    };
    addedCount++;
    console.log("added", name, range, os, cpu);
  }
lockfile.packages = Object.fromEntries(
  Object.entries(lockfile.packages).sort(([a], [b]) => (a < b ? -1 : 1)),
);
fs.writeFileSync("package-lock.json", JSON.stringify(lockfile, null, 2) + "\n");
console.log(addedCount);
