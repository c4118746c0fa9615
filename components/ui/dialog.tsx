"use client";

import dynamic from "next/dynamic";
import { type ReactNode, useState } from "react";

// The dialog's machinery is fetched when the first one opens, not with the page.
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

/** A window over the page; closes with Esc, its own button or a click beside it. */
export function Dialog(props: DialogProps) {
  return useHasOpened(props.open) ? <DialogFrame {...props} /> : null;
}

export type AlertDialogProps = {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  /** The question, as a question. */
  title: string;
  /** What will happen, and to what. */
  description: ReactNode;
  /** The act in words ("Disconnect practice"), never "OK". */
  confirmLabel: string;
  cancelLabel?: string;
  tone?: "primary" | "danger";
  /** True while the act is under way: the window stays and refuses a second click. */
  pending?: boolean;
  onConfirm: () => void;
  /** More than words: a list of what breaks, an error of the last attempt. */
  children?: ReactNode;
};

/** A question that must be answered before going on; for acts which cannot be undone. */
export function AlertDialog(props: AlertDialogProps) {
  return useHasOpened(props.open) ? <AlertDialogFrame {...props} /> : null;
}

/** True from the first time it is asked for, so that closing can play out. */
function useHasOpened(open: boolean): boolean {
  const [hasOpened, setHasOpened] = useState(open);
  if (open && !hasOpened) setHasOpened(true);
  return hasOpened || open;
}
