import { CircleCheck, CircleDot, Loader } from "lucide-react";
import { Badge } from "@/components/ui/badge";
import type { StateStyle } from "@/components/ui/state-styles";
import type { TaskView } from "@/server/schemas/tasks";
import { taskStateNames } from "./labels";

const styles: Record<TaskView["state"], StateStyle> = {
  open: { tone: "ending", icon: <CircleDot /> },
  in_progress: { tone: "info", icon: <Loader /> },
  closed: { tone: "live", icon: <CircleCheck /> },
  unknown: { tone: "unknown" },
};

/** A task's status as a badge; Hero's own word when it is not one that is documented. */
export function TaskStateBadge({ task }: { task: Pick<TaskView, "state" | "heroStatus"> }) {
  const { tone, icon } = styles[task.state];
  return (
    <Badge tone={tone} icon={icon}>
      {task.state === "unknown" ? (task.heroStatus ?? "Not known") : taskStateNames[task.state]}
    </Badge>
  );
}
