import { HeroError } from "@/server/hero/errors";
import type { HeroCallRecord } from "@/server/hero/request";
import { clientCalls, type SamplePatients } from "./client-calls";
import { openConnection } from "./connection";

export type Print = (line: string) => void;

/** Runs a call and prints how it ended; undefined when it failed. */
export async function tryCall<Result>(
  print: Print,
  records: HeroCallRecord[],
  name: string,
  call: () => Promise<Result>,
): Promise<Result | undefined> {
  const countBefore = records.length;
  try {
    const result = await call();
    print(`ok    ${name}`);
    return result;
  } catch (error) {
    if (!(error instanceof HeroError)) throw error;
    const status = records.slice(countBefore).at(-1)?.status ?? "no response";
    print(`FAIL  ${name}: ${error.message} (${error.code}, ${status})`);
    return undefined;
  }
}

const anyPerson = {
  firstName: "Sam",
  lastName: "Reid",
  nhsNumber: "9990000018",
  dateOfBirth: "1980-01-31",
};
const anyPatients: SamplePatients = {
  registered: { ...anyPerson, id: "12345", postcode: "AB1 2CD" },
  unregistered: anyPerson,
  connectable: { id: "12345" },
  withFiles: { id: "12345" },
  formResponse: { id: "12345" },
};

/** Calls every function of the client at a mock server. @returns whether all succeeded */
export async function callMock(baseUrl: string, print: Print): Promise<boolean> {
  if (!URL.canParse(baseUrl) || !/^https?:/.test(baseUrl)) {
    throw new Error("--mock needs an http or https address.");
  }
  process.env.HERO_SANDBOX_URL = baseUrl;
  // The addresses in Hero's own samples.
  const hosts = [process.env.HERO_SANDBOX_LINK_HOSTS, "*.herohealth.net", "*.htech.app"];
  process.env.HERO_SANDBOX_LINK_HOSTS = hosts.filter(Boolean).join(",");
  const { hero, records } = openConnection("sandbox", {
    apiKey: "mock-key",
    practiceGroupId: "12345",
  });
  let failures = 0;
  const calls = Object.values(clientCalls);
  for (const { operation, run } of calls) {
    const call = async () => {
      await run(hero, anyPatients);
      return true;
    };
    if (!(await tryCall(print, records, operation, call))) failures += 1;
  }
  const count = calls.length;
  print(`${count - failures} of ${count} functions understood the mock server`);
  return failures === 0;
}
