/** The only place that knows jnr: raw system calls, errno, flag enums, structs. */
@org.jspecify.annotations.NullMarked
package org.jvz.runtime.linux;
