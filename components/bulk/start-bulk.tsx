"use client";

import { useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import { portalClient } from "@/components/client";
import { useAct } from "@/components/form-kit/use-act";
import { PatientAct } from "@/components/shell/patient-act";
import { count } from "@/components/practices/words";
import type { Place } from "@/components/shell/portal-path";
import { Button } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Notice } from "@/components/ui/notice";
import { Table, TableFrame, Td, Th } from "@/components/ui/table";
import { environmentNames } from "@/server/schemas/environments";
import type { BulkCheck, BulkView } from "@/server/schemas/bulk";
import { CancelBulk } from "./cancel-bulk";

type StartBulkProps = { place: Place; bulk: BulkView; check: BulkCheck };

const mostChoices = 20;

/** The rows beside the free slots, and the button that starts the work. */
export function StartBulk({ place, bulk, check }: StartBulkProps) {
  const router = useRouter();
  const [typed, setTyped] = useState("");
  const [fault, setFault] = useState<string>();
  const { pending, problem, run } = useAct(async () => {
    const { bulk: calls } = portalClient(place.tenant, place.environment);
    await calls.start.mutate({
      bulkId: bulk.id,
      ...(check.isShort ? { confirmedRecipients: check.recipients } : {}),
    });
    router.refresh();
    return "leaving";
  });
  const isBooking = bulk.kind === "booking";
  const rest = check.choices.length - mostChoices;

  function submit(event: FormEvent) {
    event.preventDefault();
    if (check.isShort && typed.replace(/[\s,]/g, "") !== String(check.recipients)) {
      setFault(`Type ${check.recipients} to go on.`);
      document.getElementById("recipients")?.focus();
      return;
    }
    setFault(undefined);
    run();
  }

  return (
    <Card aria-labelledby="bulk-start">
      <CardHeader
        id="bulk-start"
        title={`Ready to make ${count(check.recipients, "link")}`}
        description={`In ${environmentNames[place.environment]}. No link has been made yet. Rows that are not started are erased after 24 hours.`}
      />
      <form noValidate onSubmit={submit} className="flex flex-col gap-5">
        <TableFrame label="What will be made" density="compact">
          <Table cardsOnPhones>
            <thead>
              <tr>
                <Th>Practice</Th>
                <Th>Of</Th>
                <Th numeric>Links</Th>
                {isBooking ? <Th numeric>Free slots</Th> : null}
              </tr>
            </thead>
            <tbody>
              {check.choices.slice(0, mostChoices).map((choice, index) => (
                <tr key={`${index} ${choice.practiceName} ${choice.what}`}>
                  <Td label="Practice">{choice.practiceName}</Td>
                  <Td label="Of">{choice.what}</Td>
                  <Td numeric label="Links">
                    {choice.recipients.toLocaleString("en-GB")}
                  </Td>
                  {isBooking ? (
                    <Td numeric label="Free slots">
                      {choice.freeSlots === null ? (
                        <span className="text-muted">Not known</span>
                      ) : (
                        <span
                          className={
                            choice.freeSlots < choice.recipients ? "font-semibold text-ending" : ""
                          }
                        >
                          {choice.freeSlots.toLocaleString("en-GB")}
                          {choice.freeSlots < choice.recipients ? " – too few" : ""}
                        </span>
                      )}
                    </Td>
                  ) : null}
                </tr>
              ))}
            </tbody>
          </Table>
        </TableFrame>
        {rest > 0 ? <p className="text-sm text-muted">and {count(rest, "more choice")}</p> : null}
        {check.isShort ? (
          <>
            <Notice tone="warning" title="There are fewer free slots than recipients">
              Some patients will open their link and find no time to book.
            </Notice>
            <Field
              label={`To go on all the same, type ${check.recipients.toLocaleString("en-GB")}`}
              name="recipients"
              hint="The number of recipients."
              error={fault}
            >
              {(ids) => (
                <Input
                  {...ids}
                  inputMode="numeric"
                  autoComplete="off"
                  value={typed}
                  onChange={(event) => setTyped(event.target.value)}
                  className="max-w-40"
                />
              )}
            </Field>
          </>
        ) : null}
        {problem ? (
          <Notice tone="danger" role="alert" title="The work was not started">
            {problem}
          </Notice>
        ) : null}
        <div className="flex flex-wrap items-start gap-2">
          <PatientAct
            environment={place.environment}
            text="This makes links that patients can use, in the production environment."
          >
            <Button type="submit" variant="primary" pending={pending}>
              {pending ? "Starting…" : `Start making ${count(check.recipients, "link")}`}
            </Button>
          </PatientAct>
          <CancelBulk place={place} bulk={bulk} />
        </div>
      </form>
    </Card>
  );
}
