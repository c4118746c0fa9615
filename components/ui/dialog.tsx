"use client";

import dynamic from "next/dynamic";
import { type ReactNode, useState } from "react";

// Loaded when the first dialog opens, not with the page.
const DialogFrame = dynamic(() => import("./dialog-frame").then((module) => module.DialogFrame), {
  ssr: false,
});
const AlertDialogFrame = dynamic(
  () => import("./dialog-frame").then((module) => module.AlertDialogFrame),
  { ssr: false },
);

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

/** A dialog; closes with Esc, its close button or a click outside. */
export function Dialog(props: DialogProps) {
  return useHasOpened(props.open) ? <DialogFrame {...props} /> : null;
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

/** Confirms an action that cannot be undone. */
export function AlertDialog(props: AlertDialogProps) {
  return useHasOpened(props.open) ? <AlertDialogFrame {...props} /> : null;
}

/** True from the first opening on, so that the closing animation can finish. */
function useHasOpened(open: boolean): boolean {
  const [hasOpened, setHasOpened] = useState(open);
  if (open && !hasOpened) setHasOpened(true);
  return hasOpened || open;
}
