import {
  Blocks,
  Building2,
  History,
  LayoutDashboard,
  Link2,
  type LucideIcon,
  Settings,
} from "lucide-react";

export type Room = {
  path: string;
  label: string;
  icon: LucideIcon;
  /** The permission without which the room is not shown; whether it opens is decided on the server. */
  needs: string | null;
};

/** The rooms of the portal in the order of the navigation. */
export const rooms: readonly Room[] = [
  { path: "", label: "Overview", icon: LayoutDashboard, needs: null },
  { path: "/links", label: "Links", icon: Link2, needs: "links.read" },
  { path: "/elements", label: "Elements", icon: Blocks, needs: "elements.read" },
  { path: "/practices", label: "Practices", icon: Building2, needs: "practices.read" },
  { path: "/activity", label: "Activity", icon: History, needs: "activity.read" },
  { path: "/settings", label: "Settings", icon: Settings, needs: "api_keys.manage" },
];

export function roomsFor(can: readonly string[]): readonly Room[] {
  return rooms.filter(({ needs }) => needs === null || can.includes(needs));
}
