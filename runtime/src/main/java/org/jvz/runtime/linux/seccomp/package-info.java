/** System-call filters, compiled by libseccomp and loaded by the spawn engine. */
@org.jspecify.annotations.NullMarked
package org.jvz.runtime.linux.seccomp;
