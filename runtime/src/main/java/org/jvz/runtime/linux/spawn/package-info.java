/** The spawn engine: a table of system-call records walked by a cloned child that never touches Java. */
@org.jspecify.annotations.NullMarked
package org.jvz.runtime.linux.spawn;
