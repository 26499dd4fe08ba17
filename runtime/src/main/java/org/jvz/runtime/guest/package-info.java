/**
 * Files inside a VE, one plugin per distribution: which file holds the host name, what a fresh private area needs. Every
 * access goes through {@link org.jvz.runtime.rootfs.InsideRoot}, because the tree belongs to the VE; what is read there
 * is text to edit, never something to trust. The edits themselves are functions from text to text.
 */
@org.jspecify.annotations.NullMarked
package org.jvz.runtime.guest;
