/** Transactions on the host: named steps, each with an undo that is data and so survives kill -9. */
@org.jspecify.annotations.NullMarked
package org.jvz.runtime.undo;
