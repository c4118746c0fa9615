/** Hero's tokens cannot be revoked earlier. */
export const tokenLifetimeMinutes = 30;
