"use client";

import { AlertDialog as BaseAlertDialog } from "@base-ui/react/alert-dialog";
import { Dialog as BaseDialog } from "@base-ui/react/dialog";
import { X } from "lucide-react";
import { type ReactNode, useRef } from "react";
import { Button } from "./button";

const backdropClasses =
  "fixed inset-0 z-50 bg-scrim transition-opacity duration-100 data-ending-style:opacity-0 data-starting-style:opacity-0";
const viewportClasses =
  "fixed inset-0 z-50 flex items-end justify-center overflow-y-auto p-3 sm:items-start sm:p-4 sm:pt-[12vh]";
const popupClasses =
  "w-full rounded-lg border border-line bg-raised p-5 text-ink shadow-lg outline-none transition duration-100 data-ending-style:opacity-0 data-starting-style:translate-y-1 data-starting-style:opacity-0";
const footerClasses = "mt-6 flex flex-col-reverse gap-2 sm:flex-row sm:justify-end";

export type DialogProps = {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  description?: ReactNode;
  children?: ReactNode;
  /** Buttons at the end, the primary one last. */
  footer?: ReactNode;
  size?: "md" | "lg";
};

/** The body of `Dialog`, which loads it when it first opens. */
export function DialogFrame({
  open,
  onOpenChange,
  title,
  description,
  children,
  footer,
  size = "md",
}: DialogProps) {
  return (
    <BaseDialog.Root open={open} onOpenChange={(next) => onOpenChange(next)}>
      <BaseDialog.Portal>
        <BaseDialog.Backdrop className={backdropClasses} />
        <BaseDialog.Viewport className={viewportClasses}>
          <BaseDialog.Popup
            className={`${popupClasses} ${size === "lg" ? "sm:max-w-2xl" : "sm:max-w-md"}`}
          >
            <div className="flex items-start justify-between gap-4">
              <BaseDialog.Title className="text-lg font-semibold">{title}</BaseDialog.Title>
              <BaseDialog.Close
                aria-label="Close"
                className="-mt-1 -mr-2 inline-flex size-8 shrink-0 items-center justify-center rounded-md text-muted hover:bg-hover hover:text-ink pointer-coarse:size-11"
              >
                <X aria-hidden="true" className="size-4" />
              </BaseDialog.Close>
            </div>
            {description ? (
              <BaseDialog.Description render={<div />} className="mt-1 text-muted">
                {description}
              </BaseDialog.Description>
            ) : null}
            {children ? <div className="mt-4">{children}</div> : null}
            {footer ? <div className={footerClasses}>{footer}</div> : null}
          </BaseDialog.Popup>
        </BaseDialog.Viewport>
      </BaseDialog.Portal>
    </BaseDialog.Root>
  );
}

export type AlertDialogProps = {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  /** A question. */
  title: string;
  /** What will happen, and to what. */
  description: ReactNode;
  /** The action ("Disconnect practice"), never "OK". */
  confirmLabel: string;
  cancelLabel?: string;
  tone?: "primary" | "danger";
  /** True while the action runs: the dialog stays open and ignores clicks. */
  pending?: boolean;
  onConfirm: () => void;
  /** More than text: a list of consequences, or an error. */
  children?: ReactNode;
};

/** The body of `AlertDialog`; the cancel button has the initial focus. */
export function AlertDialogFrame({
  open,
  onOpenChange,
  title,
  description,
  confirmLabel,
  cancelLabel = "Cancel",
  tone = "danger",
  pending = false,
  onConfirm,
  children,
}: AlertDialogProps) {
  const cancel = useRef<HTMLButtonElement>(null);
  return (
    <BaseAlertDialog.Root
      open={open}
      onOpenChange={(next) => {
        if (!pending) onOpenChange(next);
      }}
    >
      <BaseAlertDialog.Portal>
        <BaseAlertDialog.Backdrop className={backdropClasses} />
        <BaseAlertDialog.Viewport className={viewportClasses}>
          <BaseAlertDialog.Popup initialFocus={cancel} className={`${popupClasses} sm:max-w-md`}>
            <BaseAlertDialog.Title className="text-lg font-semibold">{title}</BaseAlertDialog.Title>
            <BaseAlertDialog.Description render={<div />} className="mt-1 text-muted">
              {description}
            </BaseAlertDialog.Description>
            {children ? <div className="mt-4">{children}</div> : null}
            <div className={footerClasses}>
              <BaseAlertDialog.Close ref={cancel} render={<Button pending={pending} />}>
                {cancelLabel}
              </BaseAlertDialog.Close>
              <Button
                variant={tone === "danger" ? "danger" : "primary"}
                pending={pending}
                onClick={onConfirm}
              >
                {confirmLabel}
              </Button>
            </div>
          </BaseAlertDialog.Popup>
        </BaseAlertDialog.Viewport>
      </BaseAlertDialog.Portal>
    </BaseAlertDialog.Root>
  );
}
