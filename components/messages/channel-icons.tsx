import { Mail, MessageSquareText, NotebookPen, Smartphone } from "lucide-react";
import type { ReactNode } from "react";
import type { MessageChannel } from "@/server/schemas/messages";

export const channelIcons: Record<MessageChannel, ReactNode> = {
  nhs_app: <Smartphone />,
  sms: <MessageSquareText />,
  email: <Mail />,
  note: <NotebookPen />,
};
