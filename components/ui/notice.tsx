import { CircleAlert, CircleCheck, Info, type LucideIcon, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";

export type NoticeTone = "info" | "success" | "warning" | "danger";

const tones: Record<NoticeTone, { look: string; mark: string; icon: LucideIcon }> = {
  info: { look: "border-info-line bg-info-soft", mark: "text-info", icon: Info },
  success: { look: "border-live-line bg-live-soft", mark: "text-live", icon: CircleCheck },
  warning: { look: "border-ending-line bg-ending-soft", mark: "text-ending", icon: TriangleAlert },
  danger: { look: "border-danger-line bg-danger-soft", mark: "text-danger", icon: CircleAlert },
};

type NoticeProps = {
  tone: NoticeTone;
  title: ReactNode;
  children?: ReactNode;
  /** A button or link at the end. */
  action?: ReactNode;
  /** `status` or `alert` when it appears after an act, so that it is read out. */
  role?: "status" | "alert";
};

/** A message in the page, beside what it is about. */
export function Notice({ tone, title, children, action, role }: NoticeProps) {
  const { look, mark, icon: ToneIcon } = tones[tone];
  return (
    <div role={role} className={`flex gap-3 rounded-lg border p-4 ${look}`}>
      <ToneIcon aria-hidden="true" className={`mt-0.5 size-4 shrink-0 ${mark}`} />
      <div className="min-w-0 flex-1">
        <p className={`font-semibold ${mark}`}>{title}</p>
        {children ? <div className="mt-1 text-ink">{children}</div> : null}
        {action ? <div className="mt-3">{action}</div> : null}
      </div>
    </div>
  );
}
