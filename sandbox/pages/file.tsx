/** @jsxImportSource hono/jsx */
import type { Context } from "hono";
import type { SandboxState } from "../state/sandbox-state";
import { londonDate } from "../state/time";
import { linkUnavailablePage } from "./link-unavailable";
import { patientPage } from "./patient-page";

/** What a link to a file opens. Each opening is one use; the sandbox does not keep their content. */
export function filePage(c: Context, sandbox: SandboxState) {
  const link = sandbox.attachmentLinks.get(c.req.param("code") ?? "");
  const practice = link && sandbox.findPractice(link.practiceGroupId);
  if (!link || !practice) return linkUnavailablePage(c, "not_found", null);
  if (link.expiresOn && link.expiresOn < londonDate(sandbox.clock.nowMs())) {
    return linkUnavailablePage(c, "expired", practice);
  }
  if (link.maxUses !== null && link.uses >= link.maxUses) {
    return linkUnavailablePage(c, "file_used_up", practice);
  }
  link.uses += 1;
  return patientPage(c, {
    title: "Your file",
    practice,
    body: (
      <>
        <h1>Your file</h1>
        <p>{link.fileName}</p>
        {link.bytes !== null && <p>{link.bytes.toLocaleString("en-GB")} bytes</p>}
        <p>The sandbox does not keep the content of files.</p>
      </>
    ),
  });
}
