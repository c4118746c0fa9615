export const whoManagesPlacements =
  "Owners, admins and developers of your organisation can create and change placements.";

export const whoUsesElements =
  "Owners, admins, developers and operators of your organisation can use Hero's elements here.";

/** Hero's tokens cannot be revoked earlier. */
export const tokenLifetimeMinutes = 30;
