/**
 * Where a VE's files lie and how they are shown: layouts, mounts, removal of trees, and {@link
 * org.jvz.runtime.rootfs.InsideRoot}, the only resolver of paths under a VE root. Knows system calls and undo steps; it
 * must not know operations, configuration files or what a file inside a VE means.
 */
@org.jspecify.annotations.NullMarked
package org.jvz.runtime.rootfs;
