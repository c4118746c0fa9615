/** @jsxImportSource hono/jsx */
import { patientPage } from "./patient-page";
import type { VisitContext } from "./visit-context";

/** What a video link opens once the patient has said who they are. */
export function videoPage({ c, practice, visit, basePath }: VisitContext) {
  return patientPage(c, {
    title: "Your video consultation",
    practice,
    body: (
      <>
        <h1>Your video consultation</h1>
        <p>Find a quiet place with a good connection. Your browser will ask to use the camera.</p>
        <form method="post" action={`${basePath}/video`}>
          <input type="hidden" name="token" value={visit.formToken} />
          <button class="primary" type="submit">
            Join the call
          </button>
        </form>
      </>
    ),
  });
}

/** Counts as a use. Patients can join again, because a connection may break; the sandbox has no call. */
export function joinVideo({ c, practice, link }: VisitContext) {
  link.uses += 1;
  return patientPage(c, {
    title: "Waiting room",
    practice,
    body: (
      <>
        <h1>You are in the waiting room</h1>
        <p>{practice.name} will start the call. The sandbox has no video.</p>
      </>
    ),
  });
}
