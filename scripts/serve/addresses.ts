/** How an address tells its caller what was wrong with the request. */
export type ErrorFormat = "page" | "problem" | "trpc" | "json" | "text";

/** One kind of address: what it is called with, and the format of its errors. */
export type Address = {
  readonly path: RegExp;
  /** None for addresses that do not exist. */
  readonly methods: readonly string[];
  readonly format: ErrorFormat;
  /** Largest body, if it is not the format's own limit. */
  readonly maxBytes?: number;
};

const reads = ["GET", "HEAD"];

/**
 * Every address of the portal; the first that matches applies. `tests/serve-addresses.test.ts` compares the
 * table with the files of `app`.
 */
const addresses: readonly Address[] = [
  { path: /^\/api\/trpc\/account\/[^/]+$/, methods: ["GET", "POST"], format: "trpc" },
  { path: /^\/api\/trpc\/[^/]+\/[^/]+\/[^/]+$/, methods: ["GET", "POST"], format: "trpc" },
  { path: /^\/api\/trpc(\/|$)/, methods: [], format: "trpc" },
  {
    path: /^\/api\/v1\/links\/?$/,
    methods: [...reads, "POST", "OPTIONS"],
    format: "problem",
  },
  {
    path: /^\/api\/v1\/links\/[^/]+\/?$/,
    methods: [...reads, "PATCH", "OPTIONS"],
    format: "problem",
  },
  {
    path: /^\/api\/v1\/links\/[^/]+\/resolve\/?$/,
    methods: ["POST", "OPTIONS"],
    format: "problem",
  },
  { path: /^\/api\/v1\/events\/?$/, methods: [...reads, "OPTIONS"], format: "problem" },
  {
    path: /^\/api\/v1\/(appointments|slots|patients\/lookup)\/?$/,
    methods: ["POST", "OPTIONS"],
    format: "problem",
  },
  {
    path: /^\/api\/v1\/appointments\/[^/]+\/?$/,
    methods: [...reads, "OPTIONS"],
    format: "problem",
  },
  {
    path: /^\/api\/v1\/(messages|message-batches)\/?$/,
    methods: [...reads, "POST", "OPTIONS"],
    format: "problem",
  },
  {
    path: /^\/api\/v1\/(messages\/preview|messages\/[^/]+\/cancel|message-batches\/[^/]+\/(check|recipients|send|stop))\/?$/,
    methods: ["POST", "OPTIONS"],
    format: "problem",
  },
  {
    path: /^\/api\/v1\/(messages\/[^/]+|message-batches\/[^/]+(\/(results|review))?)\/?$/,
    methods: [...reads, "OPTIONS"],
    format: "problem",
  },
  {
    path: /^\/api\/v1\/element-(sessions|sessions\/token|reports)\/?$/,
    methods: ["POST", "OPTIONS"],
    format: "problem",
  },
  {
    path: /^\/api\/v1\/(element-clock|openapi\.json|problems\/[^/]+)\/?$/,
    methods: [...reads, "OPTIONS"],
    format: "problem",
  },
  { path: /^\/api\/v1(\/|$)/, methods: [], format: "problem" },
  {
    path: /^\/api\/hooks\/[^/]+$/,
    methods: ["POST"],
    format: "json",
    maxBytes: 256 * 1024,
  },
  { path: /^\/api\/health(\/live)?$/, methods: reads, format: "json" },
  {
    path: /^\/api\/downloads\/[^/]+\/[^/]+\/(links|results|bulk-uploads\/[^/]+|message-batches\/[^/]+|appointments\/[^/]+)$/,
    methods: reads,
    format: "text",
  },
  {
    path: /^\/api\/auth\/(csrf|providers|signin|error|verify-request)$/,
    methods: reads,
    format: "json",
  },
  { path: /^\/api\/auth\/(session|signout)$/, methods: [...reads, "POST"], format: "json" },
  { path: /^\/api\/auth\/(signin|callback)\/credentials$/, methods: ["POST"], format: "json" },
  { path: /^\/api(\/|$)/, methods: [], format: "json" },
  { path: /^\/embed\//, methods: reads, format: "text" },
  { path: /^\/(_next\/static\/|favicon\.ico$|icon\.svg$)/, methods: reads, format: "text" },
];

/** Pages: `POST` is a server action. */
const page: Address = { path: /^/, methods: [...reads, "POST"], format: "page" };

export const pathOf = (target: string): string => target.split("?", 1)[0] ?? "";

export function findAddress(target: string): Address {
  const path = pathOf(target);
  return addresses.find((address) => address.path.test(path)) ?? page;
}

/**
 * True for the versioned files that partners' pages load, which never change. Listed by name, so that
 * no cache stores "not found" for a version to come.
 */
export const isEmbedAsset = (target: string) =>
  /^\/embed\/(v[12]\.js|v[12]\.d\.ts|frame-v[12]\.js|doctor-v1\.js|checker-v2\.js)(\?|$)/.test(
    target,
  );

/** True for the pages in which Hero's scripts run; one name and nothing that could lead elsewhere. */
export const isElementFrame = (target: string) => /^\/embed\/frame\/[A-Za-z0-9-]+$/.test(target);
