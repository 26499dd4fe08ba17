/** Layouts, mounts and the only resolver of paths under a VE root. */
@org.jspecify.annotations.NullMarked
package org.jvz.runtime.rootfs;
