/* The command line itself is wrong. */

/** A command cannot run as it was called; the message is the line to print, in the command's own words. */
export class UsageError extends Error {}
