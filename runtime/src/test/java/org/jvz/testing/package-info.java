/** The tests' own tools, shared by all modules: what a test requires, and a host of its own for a root test. */
@org.jspecify.annotations.NullMarked
package org.jvz.testing;
