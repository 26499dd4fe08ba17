/** The commands vzctl, vzlist and vztmpl: parse, delegate, print the contract's words. */
@org.jspecify.annotations.NullMarked
package org.jvz.cli;
