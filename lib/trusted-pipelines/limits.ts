/** Of one access token. */
export const mostPipelines = 50;

/** How long a pipeline secret is good for, in minutes. */
export const lifetimes = { least: 5, most: 60, usual: 15 } as const;
