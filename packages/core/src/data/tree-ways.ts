/*
 * How `@net/files` finds what a tree of ours does besides the verbs of `RemoteFiles`: under names that are the same for every
 * installed copy. What each of them takes and gives is said where it is used.
 */

/** The method that reads a file for one who keeps no chunk: its memory is used again once the next one is asked for. */
export const LENT_READS: unique symbol = Symbol.for('net.files.lent')

/** The property that says how small files are read and written as a whole. */
export const SMALL_FILES: unique symbol = Symbol.for('net.files.small')

/** The method that removes a link, of a tree that shows links as the folders that they lead to. */
export const LINK_REMOVAL: unique symbol = Symbol.for('net.files.links')
