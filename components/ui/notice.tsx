import { CircleAlert, CircleCheck, Info, type LucideIcon, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";

type NoticeTone = "info" | "success" | "warning" | "danger";

const toneStyles: Record<
  NoticeTone,
  { className: string; textClassName: string; icon: LucideIcon }
> = {
  info: { className: "border-info-line bg-info-soft", textClassName: "text-info", icon: Info },
  success: {
    className: "border-live-line bg-live-soft",
    textClassName: "text-live",
    icon: CircleCheck,
  },
  warning: {
    className: "border-ending-line bg-ending-soft",
    textClassName: "text-ending",
    icon: TriangleAlert,
  },
  danger: {
    className: "border-danger-line bg-danger-soft",
    textClassName: "text-danger",
    icon: CircleAlert,
  },
};

type NoticeProps = {
  tone: NoticeTone;
  title: ReactNode;
  children?: ReactNode;
  /** A button or link at the end. */
  action?: ReactNode;
  /** `status` or `alert` when it appears after an action, so that screen readers announce it. */
  role?: "status" | "alert";
};

/** A message within the page. */
export function Notice({ tone, title, children, action, role }: NoticeProps) {
  const { className, textClassName, icon: ToneIcon } = toneStyles[tone];
  return (
    <div role={role} className={`flex gap-3 rounded-lg border p-4 ${className}`}>
      <ToneIcon aria-hidden="true" className={`mt-0.5 size-4 shrink-0 ${textClassName}`} />
      <div className="min-w-0 flex-1">
        <p className={`font-semibold ${textClassName}`}>{title}</p>
        {children ? <div className="mt-1 text-ink">{children}</div> : null}
        {action ? <div className="mt-3">{action}</div> : null}
      </div>
    </div>
  );
}
