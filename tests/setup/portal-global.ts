import { startPortal } from "@/scripts/test/portal";

/** Global set-up of the HTTP and browser tests. */
export default async function setUp(): Promise<() => Promise<void>> {
  const { stop } = await startPortal();
  return stop;
}
