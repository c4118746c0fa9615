import { startPortal } from "@/scripts/test/portal";

/** Global set-up of the tests that speak HTTP and of those in a browser. */
export default async function setUp(): Promise<() => Promise<void>> {
  const { stop } = await startPortal();
  return stop;
}
