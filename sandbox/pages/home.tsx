/** @jsxImportSource hono/jsx */
import type { Context } from "hono";
import { Fragment } from "hono/jsx";
import { patientViews, practiceViews } from "../control/routes";
import type { SandboxState } from "../state/sandbox-state";
import { pageShell } from "./page-shell";

const systemNames = { emis: "EMIS Web", systmone: "SystmOne", private: "Private practice" };

/** What one needs to try the sandbox by hand: practices, group ids, keys, patients. */
export function homePage(c: Context, sandbox: SandboxState) {
  const patients = patientViews(sandbox);
  return pageShell(
    c,
    "Practices to try",
    <>
      <p class="lead">
        A stand-in for Hero on this machine. Its practices, keys and people are made up. A restart
        brings everything back to the start.
      </p>
      {practiceViews(sandbox).map((practice) => (
        <section
          key={practice.practiceGroupId}
          class="practice"
          aria-labelledby={`p-${practice.practiceGroupId}`}
        >
          <h2 id={`p-${practice.practiceGroupId}`}>{practice.name}</h2>
          <p class="tags">
            <span>{systemNames[practice.system]}</span>
            <span>{practice.network ?? "No network"}</span>
          </p>
          <dl class="facts">
            <dt>Practice group id</dt>
            <dd>
              <code>{practice.practiceGroupId}</code>
            </dd>
            {practice.keys.map((key) => (
              <Fragment key={key.key}>
                <dt>
                  Key, partner {key.partner.toUpperCase()}
                  {key.scopes.includes("booking_links") ? "" : " – no links"}
                </dt>
                <dd>
                  <code>{key.key}</code>
                </dd>
              </Fragment>
            ))}
          </dl>
          <details>
            <summary>Test patients</summary>
            <PatientList
              patients={patients.filter(
                (patient) => patient.practiceGroupId === practice.practiceGroupId,
              )}
            />
          </details>
        </section>
      ))}
      <section class="practice" aria-labelledby="elsewhere">
        <h2 id="elsewhere">Known to the Spine stand-in only</h2>
        <PatientList patients={patients.filter((patient) => patient.practiceGroupId === null)} />
      </section>
    </>,
  );
}

function PatientList({ patients }: { patients: ReturnType<typeof patientViews> }) {
  return (
    <ul class="people">
      {patients.map((patient) => (
        <li key={patient.nhsNumber}>
          <strong>
            {patient.firstName} {patient.lastName}
          </strong>
          <span>NHS number {patient.nhsNumber.replace(/^(\d{3})(\d{3})/, "$1 $2 ")}</span>
          <span>born {patient.dateOfBirth}</span>
          {patient.patientId && <span>patient id {patient.patientId}</span>}
          <span>{patient.postcode}</span>
          <span>{patient.email}</span>
          <em>{patientNotes(patient)}</em>
        </li>
      ))}
    </ul>
  );
}

function patientNotes(patient: ReturnType<typeof patientViews>[number]): string {
  const notes: string[] = [];
  if (patient.isRestricted) notes.push("restricted");
  if (patient.isArchived) notes.push("archived");
  if (patient.isDeceased) notes.push("died");
  if (patient.needsLogin) notes.push("must sign in to be registered");
  return notes.join(", ");
}
