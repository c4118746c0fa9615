export const whoManagesPlacements =
  "Owners, admins and developers of your organisation can make and change placements.";

export const whoUsesElements =
  "Owners, admins, developers and operators of your organisation can use Hero's elements here.";

/** How long Hero's tokens live, which nobody can end sooner. */
export const tokenLifetimeMinutes = 30;
