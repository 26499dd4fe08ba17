/**
 * Networks of VEs. {@link org.jvz.runtime.net.Venet} gives a VE its addresses through a routed pair of devices. Everything here is kernel
 * state and a few files; what a guest's own files say about its network is the business of {@code guest}.
 */
@org.jspecify.annotations.NullMarked
package org.jvz.runtime.net;
