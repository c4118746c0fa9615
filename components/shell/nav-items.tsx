import {
  Blocks,
  Building2,
  CalendarClock,
  ChartColumn,
  History,
  LayoutDashboard,
  Link2,
  type LucideIcon,
  MessageSquare,
  Settings,
  UserSearch,
  Webhook,
} from "lucide-react";

export type NavItem = {
  path: string;
  label: string;
  icon: LucideIcon;
  /** Hides the item from users without it. The server checks it again. */
  permission: string | null;
  /** Where pages of the section are that are not below its own path. */
  otherPath?: string;
};

/** The sections of the portal, in the order of the navigation. */
const navItems: readonly NavItem[] = [
  { path: "", label: "Overview", icon: LayoutDashboard, permission: null },
  { path: "/links", label: "Links", icon: Link2, permission: "links.read" },
  {
    path: "/patients",
    label: "Patients",
    icon: UserSearch,
    permission: "patients.read",
    otherPath: "/merges",
  },
  {
    path: "/appointments",
    label: "Appointments",
    icon: CalendarClock,
    permission: "appointments.read",
  },
  {
    path: "/messages",
    label: "Messages",
    icon: MessageSquare,
    permission: "messages.read",
    otherPath: "/tasks",
  },
  { path: "/results", label: "Results", icon: ChartColumn, permission: "links.read" },
  { path: "/elements", label: "Elements", icon: Blocks, permission: "elements.read" },
  {
    path: "/webhooks",
    label: "Webhooks",
    icon: Webhook,
    permission: "webhooks.read",
  },
  { path: "/practices", label: "Practices", icon: Building2, permission: "practices.read" },
  { path: "/activity", label: "Activity", icon: History, permission: "activity.read" },
  { path: "/settings", label: "Settings", icon: Settings, permission: "api_keys.manage" },
];

export function visibleNavItems(permissions: readonly string[]): readonly NavItem[] {
  return navItems.filter(
    ({ permission }) => permission === null || permissions.includes(permission),
  );
}

/** Whether a page, by its path below the environment, belongs to a section. */
export function isCurrentNavItem({ path, otherPath }: NavItem, currentPath: string): boolean {
  if (path === "") return currentPath === "";
  return [path, otherPath].some((each) => each && `${currentPath}/`.startsWith(`${each}/`));
}
