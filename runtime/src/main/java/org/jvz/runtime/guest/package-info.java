/** Files and commands inside a VE, one plugin per distribution. */
@org.jspecify.annotations.NullMarked
package org.jvz.runtime.guest;
