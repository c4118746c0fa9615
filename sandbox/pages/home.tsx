/** @jsxImportSource hono/jsx */
import type { Context } from "hono";
import { Fragment } from "hono/jsx";
import type { PatientCase } from "../state/patient-cases";
import { patientViews, practiceViews } from "../state/views";
import type { SandboxState } from "../state/sandbox-state";
import { pageShell } from "./page-shell";

const systemNames = { emis: "EMIS Web", systmone: "SystmOne", private: "Private practice" };

/** The practices, their keys and patients, to try the sandbox by hand. */
export function homePage(c: Context, sandbox: SandboxState) {
  const patients = patientViews(sandbox);
  return pageShell(
    c,
    "Test practices",
    <>
      <p class="lead">
        A stand-in for Hero on this machine. Its practices, keys and patients are made up.
        Restarting it resets everything.
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
            <dt>Practice group ID</dt>
            <dd>
              <code>{practice.practiceGroupId}</code>
            </dd>
            {practice.keys.map((key) => (
              <Fragment key={key.key}>
                <dt>
                  API key for partner {key.partner.toUpperCase()}
                  {key.scopes.includes("booking_links") ? "" : " (cannot create links)"}
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
          <details>
            <summary>Patients for each outcome of a search, connection, merge or message</summary>
            <PatientCases
              cases={sandbox.patientCases.filter(
                (patientCase) => patientCase.practiceGroupId === practice.practiceGroupId,
              )}
            />
          </details>
        </section>
      ))}
      <section class="practice" aria-labelledby="unregistered">
        <h2 id="unregistered">Not registered at any practice</h2>
        <PatientList patients={patients.filter((patient) => patient.practiceGroupId === null)} />
      </section>
    </>,
  );
}

function PatientList({ patients }: { patients: ReturnType<typeof patientViews> }) {
  return (
    <ul class="patients">
      {patients.map((patient) => (
        <li key={patient.nhsNumber}>
          <strong>
            {patient.firstName} {patient.lastName}
          </strong>
          <span>NHS number {formatNhsNumber(patient.nhsNumber)}</span>
          <span>Born {patient.dateOfBirth}</span>
          {patient.patientId && <span>Patient ID {patient.patientId}</span>}
          <span>{patient.postcode}</span>
          <span>{patient.email}</span>
          <em>{patientNotes(patient)}</em>
        </li>
      ))}
    </ul>
  );
}

function PatientCases({ cases }: { cases: PatientCase[] }) {
  return (
    <ul class="patients">
      {cases.flatMap(({ name, explanation, patients }) =>
        patients.map((patient) => (
          <li key={`${name} ${patient.patientId}`}>
            <strong>
              {patient.firstName} {patient.lastName}
            </strong>
            <span>NHS number {formatNhsNumber(patient.searchNhsNumber)}</span>
            <span>Born {patient.dateOfBirth}</span>
            {patient.patientId && <span>Patient ID {patient.patientId}</span>}
            <span>{patient.postcode}</span>
            <em>{explanation}</em>
          </li>
        )),
      )}
    </ul>
  );
}

const formatNhsNumber = (nhsNumber: string) => nhsNumber.replace(/^(\d{3})(\d{3})/, "$1 $2 ");

function patientNotes(patient: ReturnType<typeof patientViews>[number]): string {
  const notes: string[] = [];
  if (patient.isRestricted) notes.push("restricted");
  if (patient.isArchived) notes.push("archived");
  if (patient.isDeceased) notes.push("deceased");
  if (patient.needsLogin) notes.push("must sign in to be registered");
  return notes.join(", ");
}
