import type { PortalScope } from "@/components/shell/portal-path";
import { Timestamp } from "@/components/ui/timestamp";
import type { MessageTemplate } from "@/server/schemas/messages";
import { ArchiveTemplateButton } from "./archive-template-button";
import { EditTemplateButton } from "./edit-template-button";
import { labelOfVariable } from "./variables";

type TemplateListProps = {
  scope: PortalScope;
  templates: readonly MessageTemplate[];
  canManage: boolean;
};

/** The organisation's templates, with their text. */
export function TemplateList({ scope, templates, canManage }: TemplateListProps) {
  return (
    <ul className="flex max-w-4xl flex-col gap-3">
      {templates.map((template) => (
        <li key={template.id} className="rounded-lg border border-line bg-surface p-4 sm:p-5">
          <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2">
            <div className="min-w-0">
              <h2 className="font-semibold wrap-anywhere">{template.name}</h2>
              <p className="text-sm text-muted">
                Changed <Timestamp iso={template.updatedAt} />
              </p>
            </div>
            {canManage ? (
              <div className="flex flex-wrap gap-2">
                <EditTemplateButton scope={scope} template={template} />
                <ArchiveTemplateButton scope={scope} template={template} />
              </div>
            ) : null}
          </div>
          <p className="mt-3 max-w-prose wrap-anywhere whitespace-pre-wrap">{template.text}</p>
          {template.variables.length > 0 ? (
            <p className="mt-3 text-sm text-muted">
              Variables: {template.variables.map(labelOfVariable).join(", ")}
            </p>
          ) : null}
        </li>
      ))}
    </ul>
  );
}
