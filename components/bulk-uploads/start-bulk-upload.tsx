"use client";

import { useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import { portalClient } from "@/components/client";
import { useAction } from "@/components/forms/use-action";
import { ProductionWarning } from "@/components/shell/production-warning";
import { formatCount } from "@/components/ui/format-count";
import type { PortalScope } from "@/components/shell/portal-path";
import { Button } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Notice } from "@/components/ui/notice";
import { Table, TableFrame, Td, Th } from "@/components/ui/table";
import { environmentNames } from "@/server/schemas/environment-names";
import type { BulkUploadCheck, BulkUploadView } from "@/server/schemas/bulk-uploads";
import { CancelBulkUpload } from "./cancel-bulk-upload";

type StartBulkUploadProps = {
  scope: PortalScope;
  bulkUpload: BulkUploadView;
  check: BulkUploadCheck;
};

const maxShownChoices = 20;

export function StartBulkUpload({ scope, bulkUpload, check }: StartBulkUploadProps) {
  const router = useRouter();
  const [typedCount, setTypedCount] = useState("");
  const [countError, setCountError] = useState<string>();
  const { pending, problem, run } = useAction(async () => {
    const { bulkUploads: bulkUploadsClient } = portalClient(scope.tenant, scope.environment);
    await bulkUploadsClient.start.mutate({
      bulkUploadId: bulkUpload.id,
      ...(check.hasTooFewSlots ? { confirmedRecipients: check.recipients } : {}),
    });
    router.refresh();
    return "navigating";
  });
  const isBooking = bulkUpload.kind === "booking";
  const hiddenCount = check.choices.length - maxShownChoices;

  function submit(event: FormEvent) {
    event.preventDefault();
    if (check.hasTooFewSlots && typedCount.replace(/[\s,]/g, "") !== String(check.recipients)) {
      setCountError(`Type ${check.recipients} to continue.`);
      document.getElementById("recipients")?.focus();
      return;
    }
    setCountError(undefined);
    run();
  }

  return (
    <Card aria-labelledby="bulk-upload-start">
      <CardHeader
        id="bulk-upload-start"
        title={`Ready to create ${formatCount(check.recipients, "link")}`}
        description={`In ${environmentNames[scope.environment]}. No links have been created yet. Rows without links are deleted after 24 hours.`}
      />
      <form noValidate onSubmit={submit} className="flex flex-col gap-5">
        <TableFrame label="Links to create" density="compact">
          <Table cardsOnPhones>
            <thead>
              <tr>
                <Th>Practice</Th>
                <Th>Details</Th>
                <Th numeric>Links</Th>
                {isBooking ? <Th numeric>Free slots</Th> : null}
              </tr>
            </thead>
            <tbody>
              {check.choices.slice(0, maxShownChoices).map((choice, index) => (
                <tr key={`${index} ${choice.practiceName} ${choice.description}`}>
                  <Td label="Practice">{choice.practiceName}</Td>
                  <Td label="Details">{choice.description}</Td>
                  <Td numeric label="Links">
                    {choice.recipients.toLocaleString("en-GB")}
                  </Td>
                  {isBooking ? (
                    <Td numeric label="Free slots">
                      {choice.freeSlots === null ? (
                        <span className="text-muted">Unknown</span>
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
        {hiddenCount > 0 ? (
          <p className="text-sm text-muted">and {hiddenCount.toLocaleString("en-GB")} more</p>
        ) : null}
        {check.hasTooFewSlots ? (
          <>
            <Notice tone="warning" title="There are fewer free slots than recipients">
              Some patients may not find a time to book.
            </Notice>
            <Field
              label={`To continue anyway, type ${check.recipients.toLocaleString("en-GB")}`}
              name="recipients"
              hint="The number of recipients."
              error={countError}
            >
              {(ids) => (
                <Input
                  {...ids}
                  inputMode="numeric"
                  autoComplete="off"
                  value={typedCount}
                  onChange={(event) => setTypedCount(event.target.value)}
                  className="max-w-40"
                />
              )}
            </Field>
          </>
        ) : null}
        {problem ? (
          <Notice tone="danger" role="alert" title="No links were created">
            {problem}
          </Notice>
        ) : null}
        <div className="flex flex-wrap items-start gap-2">
          <ProductionWarning
            environment={scope.environment}
            text="This creates links that patients can use."
          >
            <Button type="submit" variant="primary" pending={pending}>
              {pending ? "Creating…" : `Create ${formatCount(check.recipients, "link")}`}
            </Button>
          </ProductionWarning>
          <CancelBulkUpload scope={scope} bulkUpload={bulkUpload} />
        </div>
      </form>
    </Card>
  );
}
