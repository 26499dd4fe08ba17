/**
 * Tests that drive the installed commands, as a hosting script would, on a host of their own below a directory. They see the commands'
 * words, exit codes and what the kernel then shows; they call no class of jvz.
 */
@org.jspecify.annotations.NullMarked
package org.jvz.it;
