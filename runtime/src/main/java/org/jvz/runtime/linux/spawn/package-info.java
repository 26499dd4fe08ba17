/**
 * The spawn engine. A JVM has many threads, so it cannot enter a user namespace itself nor safely fork. Instead Java writes a
 * {@linkplain org.jvz.runtime.linux.spawn.CallList list of system calls} into memory outside the heap; a stub of machine code clones, and the
 * child makes the calls without touching Java until its execve. {@link org.jvz.runtime.linux.spawn.Spawner} starts a list,
 * {@link org.jvz.runtime.linux.spawn.Spawning} is the child before its execve, {@link org.jvz.runtime.linux.spawn.Spawned} the process after.
 * See {@code docs/adr/0002-spawn-by-system-call-list.md}.
 *
 * <p>Guards: all signals are blocked around clone3; the JVM is not dumpable from the first start on, so nobody in a VE can read it through the
 * child; the stub is never writable and executable at once; the list's memory stays until the child has left it; descriptors of the host
 * are closed before the execve.
 */
@org.jspecify.annotations.NullMarked
package org.jvz.runtime.linux.spawn;
