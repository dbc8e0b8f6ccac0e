/** Where a finding stands on its incident's page. */
export const findingAnchor = (key: string): string => `finding-${key}`;
