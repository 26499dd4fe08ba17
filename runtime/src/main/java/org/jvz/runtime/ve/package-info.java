/** One class per operation on a VE, its lock and its state. */
@org.jspecify.annotations.NullMarked
package org.jvz.runtime.ve;
