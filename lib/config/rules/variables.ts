/** Variables charly sets in every candy, so that no candy may declare them. */
export const reservedVariables: readonly string[] = ["USER", "UID", "GID", "HOME", "ARCH", "BUILD_ARCH"];
